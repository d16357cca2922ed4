using System.Collections;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Telemetry;

/// <summary>The trace of one reconcile: a span whose trace ID is the ID of the reconcile, and a log scope with that ID. It exists even when
/// no traces are collected.</summary>
internal sealed class ReconcileActivity : IDisposable
{
    /// <summary>The name of the activity source.</summary>
    public const string Name = "ImageTagOperator.Kubernetes";

    private static readonly ActivitySource Source = new(Name);

    private readonly Activity activity;
    private readonly IDisposable? scope;

    private ReconcileActivity(Activity activity, IDisposable? scope) => (this.activity, this.scope) = (activity, scope);

    public static ReconcileActivity Start(string kind, NamespacedName key, ILogger logger)
    {
        Activity.Current = null;    // a reconcile is the root of its trace
        var activity = Source.StartActivity($"Reconcile {kind}") ?? new Activity($"Reconcile {kind}").SetIdFormat(ActivityIdFormat.W3C)
            .Start();
        if (activity.IsAllDataRequested) activity.SetTag("k8s.namespace.name", key.Namespace).SetTag("k8s.object.kind", kind)
            .SetTag("k8s.object.name", key.Name);
        return new ReconcileActivity(activity, logger.BeginScope(new Scope(IdOf(activity))));
    }

    public void End(string result, string reason)
    {
        if (activity.IsAllDataRequested) activity.SetTag("imagetags.result", result).SetTag("imagetags.reason", reason);
        if (result is "error" or "retry") activity.SetStatus(ActivityStatusCode.Error, reason);
    }

    public void Dispose()
    {
        scope?.Dispose();
        activity.Dispose();
    }

    /// <summary>The trace ID as a UUID, which is also how it is sent to the cloud.</summary>
    private static string IdOf(Activity activity) => Guid.ParseExact(activity.TraceId.ToHexString(), "N").ToString("D");

    /// <summary>A field in JSON logs, and the plain ID in text logs.</summary>
    private sealed class Scope(string id) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => 1;

        public KeyValuePair<string, object?> this[int index] => index == 0 ? new("ReconcileId", id)
            : throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return this[0];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => id;
    }
}
