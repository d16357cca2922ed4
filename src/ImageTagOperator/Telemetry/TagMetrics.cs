using System.Diagnostics.Metrics;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Telemetry;

/// <summary>The metrics of reconciles.</summary>
public sealed class TagMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "ImageTagOperator";

    private readonly Counter<long> writes;
    private readonly Counter<long> found;
    private readonly Counter<long> corrected;
    private readonly Counter<long> internalErrors;

    public TagMetrics(IMeterFactory meters)
        : this(meters.Create(Name))
    {
    }

    /// <summary>Creates metrics that are not collected.</summary>
    internal TagMetrics()
        : this(new Meter(Name))
    {
    }

    private TagMetrics(Meter meter)
    {
        writes = meter.CreateCounter<long>("imagetags.tag.writes", null,
            "PUTs and DELETEs of tags, by verb (add, remove) and outcome (done, not_found, forbidden, quota_exceeded, rejected, "
                + "server_error, uncertain, not_sent).");
        found = meter.CreateCounter<long>("imagetags.drift.found", null,
            "Tags that were seen to differ on an image that the set had in order before, or that mode Observe would change by now.");
        corrected = meter.CreateCounter<long>("imagetags.drift.mended", null, "Of the tags that drifted, those that were put right.");
        internalErrors = meter.CreateCounter<long>("imagetags.internal.errors", null,
            "Reconciles that ended with an error that nobody foresaw, which is a bug, by the step that failed.");
        // Series start at 0, because to Prometheus a series that starts with 1 has not increased.
        foreach (var step in Steps.All) internalErrors.Add(0, new KeyValuePair<string, object?>("step", step));
        found.Add(0);
        corrected.Add(0);
        foreach (var verb in Enum.GetValues<TagVerb>())
        {
            foreach (var result in Enum.GetValues<TagWriteResult>()) writes.Add(0, new("verb", Word(verb)), new("outcome", Word(result)));
        }
    }

    internal void RecordWrite(TagVerb verb, TagWriteResult result) =>
        writes.Add(1, new("verb", Word(verb)), new("outcome", Word(result)));

    /// <summary>Records an unexpected exception.</summary>
    internal void RecordInternalError(Exception error) => internalErrors.Add(1, new KeyValuePair<string, object?>("step", Steps.Of(error)));

    /// <summary>Records the result of a reconcile.</summary>
    internal void RecordReconcile(V1Alpha1ImageTagSet set, ImageTagSetStatus before, SetResult result)
    {
        var drift = new Drift();
        foreach (var image in result.Images) drift += DriftOf(set, before, image);
        if (drift.Found > 0) found.Add(drift.Found);
        if (drift.Corrected > 0) corrected.Add(drift.Corrected);
    }

    private static Drift DriftOf(V1Alpha1ImageTagSet set, ImageTagSetStatus before, ImageResult image)
    {
        var planned = image.Planned.Share.Plan.Steps;
        if (planned.IsEmpty || Location.Find(before, image.Image.Id, image.Observed.By.Cloud) is not { } known) return default;
        if (set.Spec.Mode == TagSetMode.Observe) return Drift.Observed(planned, [.. StatusBuilder.StepsOf(known.Pending)]);
        var history = before.History();
        return history.IsInSync(set.Metadata.Generation)
            ? Drift.Enforced(planned, [.. image.Done], isFirstLook: history.Find(Condition.Reconciling) is null)
            : default;
    }

    private static string Word(TagVerb verb) => verb == TagVerb.Add ? "add" : "remove";

    private static string Word(TagWriteResult result) => result switch
    {
        TagWriteResult.Done => "done",
        TagWriteResult.NotFound => "not_found",
        TagWriteResult.Forbidden => "forbidden",
        TagWriteResult.QuotaExceeded => "quota_exceeded",
        TagWriteResult.Rejected => "rejected",
        TagWriteResult.ServerError => "server_error",
        TagWriteResult.Uncertain => "uncertain",
        _ => "not_sent",
    };
}
