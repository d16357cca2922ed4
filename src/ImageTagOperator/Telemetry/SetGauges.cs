using System.Diagnostics.Metrics;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Telemetry;

/// <summary>The number of sets and their states, from their statuses. Only the leader reports them, and with shards the one of each set,
/// because the values of processes add up.</summary>
public sealed class SetGauges
{
    /// <summary>A set in sync is verified once per interval, perhaps by a reading of almost that age, and the time is recorded as rarely
    /// again. The total is below this multiple of <see cref="RequeuePolicy.VerificationInterval"/>.</summary>
    private const int OverdueFactor = 3;

    private readonly IEntityCache<V1Alpha1ImageTagSet> sets;
    private readonly OperatorState state;
    private readonly Shard shard;
    private readonly TimeProvider time;

    public SetGauges(IMeterFactory meters, IEntityCache<V1Alpha1ImageTagSet> sets, OperatorState state, OperatorOptions options,
        TimeProvider time)
    {
        (this.sets, this.state, shard, this.time) = (sets, state, options.Shard, time);
        var meter = meters.Create(TagMetrics.Name);
        meter.CreateObservableGauge("imagetags.sets", Count, null,
            "ImageTagSets, by state (ready, reconciling, stalled, drifted, suspended, unknown before the first reconcile) and reason.");
        meter.CreateObservableGauge("imagetags.sets.longest", Longest, "s",
            "For how long the ImageTagSet has been so that has been so longest, by state and reason.");
        meter.CreateObservableGauge("imagetags.sets.unverified", Unverified, "s",
            "How long ago the images of the ImageTagSet were seen whose were seen longest ago, once that is three hours or, if longer, "
                + "three of its "
            + "intervals; 0 before. By state and reason.");
        meter.CreateObservableGauge("imagetags.images", () => Sum(status => status.ImageCount), null,
            "Images that ImageTagSets apply to; one that several share counts for each.");
        meter.CreateObservableGauge(
            "imagetags.tags", () => Sum(status => status.TagCount), null, "Declared tags that are in place, over all images.");
    }

    private IEnumerable<V1Alpha1ImageTagSet> ReportedSets => state.IsLeader ? sets.All.Where(shard.Owns) : [];

    private IEnumerable<Measurement<int>> Count() =>
        ReportedSets.GroupBy(SituationOf, static (situation, members) => new Measurement<int>(members.Count(), Labels(situation)));

    private IEnumerable<Measurement<double>> Longest()
    {
        var now = time.GetUtcNow();
        return ReportedSets.GroupBy(SituationOf, (situation, members) =>
            new Measurement<double>(members.Max(set => Math.Max(0, (now - SinceOf(set)).TotalSeconds)), Labels(situation)));
    }

    private IEnumerable<Measurement<double>> Unverified()
    {
        var now = time.GetUtcNow();
        return ReportedSets.Where(set => !set.Spec.Suspend && !set.IsTerminating())
            .GroupBy(SituationOf, (situation, members) => new Measurement<double>(members.Max(Overdue), Labels(situation)));

        double Overdue(V1Alpha1ImageTagSet set)
        {
            var age = now - (set.Status.LastVerifiedTime ?? set.Metadata.CreationTimestamp ?? now);
            var expected = RequeuePolicy.VerificationInterval(RequeuePolicy.Interval(set.Spec.Interval));
            return age > expected * OverdueFactor ? age.TotalSeconds : 0;
        }
    }

    private static Situation SituationOf(V1Alpha1ImageTagSet set) => set.Status.Situation().Situation;

    private static DateTimeOffset SinceOf(V1Alpha1ImageTagSet set) =>
        set.Status.Situation().Since ?? set.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue;

    private static KeyValuePair<string, object?>[] Labels(Situation situation) =>
        [new("state", situation.State), new("reason", situation.Reason)];

    private Measurement<long>[] Sum(Func<ImageTagSetStatus, int?> count) => state.IsLeader
        ? [new(ReportedSets.Sum(set => (long)(count(set.Status) ?? 0)))] : [];
}
