using ImageTagOperator.Kubernetes.Authorization;

namespace ImageTagOperator.Hosting;

/// <summary>Allows requests from clients that have permission on the API server to read /metrics.</summary>
internal sealed partial class MetricsGuard(AccessReviewer reviewer, ILogger<MetricsGuard> logger)
{
    private const string Scheme = "Bearer ";

    /// <summary>The status and text of the rejection; null when the request is allowed.</summary>
    public async Task<(int Status, string Text)?> RefusalAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        string given = request.Headers.Authorization.ToString();
        if (!given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return (401, "a bearer token of the cluster is needed");
        try
        {
            return await reviewer.ReviewAsync(given[Scheme.Length..].Trim(), "/metrics", cancellationToken) switch
            {
                Access.Allowed => null,
                Access.Forbidden => (403, "who has this token may not get /metrics: a ClusterRole with that path must be bound to them"),
                _ => (401, "the cluster does not know this token"),
            };
        }
        catch (Exception e) when (e is KubernetesException or HttpRequestException or TimeoutException)
        {
            LogUnknown(e);
            return (503, "the API server cannot be asked who this is; the operator's log says why");
        }
    }

    [LoggerMessage(11, LogLevel.Warning, "The API server cannot be asked who may read /metrics.")]
    private partial void LogUnknown(Exception exception);
}
