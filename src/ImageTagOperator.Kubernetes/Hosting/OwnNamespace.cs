using ImageTagOperator.Kubernetes.Events;
using ImageTagOperator.Kubernetes.Leases;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Hosting;

/// <summary>The namespace that the operator runs in.</summary>
internal sealed partial class OwnNamespace(
    string name, IReadOnlyList<string> watched, CoordinationClient coordination, EventFactory events, TimeProvider time,
        ILogger<OwnNamespace> logger)
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);

    public string Name => name;

    /// <summary>Whether the namespace is being deleted with objects of ours in it. False when that is not known.</summary>
    public async Task<bool> IsTerminatingAsync(CancellationToken cancellationToken)
    {
        if (watched.Count > 0 && !watched.Contains(name)) return false;

        // Nothing can be created in a terminating namespace, and the API server says so. The probe is an Event because the operator may
        // create those anyway; to read the namespace it would need another permission.
        var probe = events.Create(new V1Lease { Metadata = new() { Name = "shutdown", NamespaceProperty = name } }, "Stopping",
            "The operator stops.", EventType.Normal);
        using var limit = new CancellationTokenSource(ProbeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await coordination.Client.DryRunCreateAsync(probe, either.Token);
            return false;
        }
        catch (KubernetesException error) when (error.IsNamespaceTerminating)
        {
            return true;
        }
        catch (Exception error) when (
            error is KubernetesException or HttpRequestException or TimeoutException || limit.IsCancellationRequested)
        {
            LogUnknown(logger, name, error.Message);
            return false;
        }
    }

    [LoggerMessage(1611, LogLevel.Warning, "Whether the namespace {Namespace} is being deleted could not be found out: {Error}")]
    private static partial void LogUnknown(ILogger logger, string @namespace, string error);
}
