using System.Diagnostics.CodeAnalysis;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Entities;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Watching;

/// <summary>Keeps the cache current for one namespace, or for all: lists, watches from there, and starts again after any failure.</summary>
internal sealed partial class EntityWatch<TEntity>(
    IKubernetesClient client,
    EntityCache<TEntity> cache,
    string? inNamespace,
    TimeProvider time,
    Func<double> random,
    ILogger<EntityWatch<TEntity>> logger)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>A watch that fails this often without an event may start at a version that the server will never have: list
    /// again.</summary>
    private const int FailuresBeforeRelist = 5;

    private static readonly TimeSpan MinimumWatchDuration = TimeSpan.FromSeconds(1);

    private readonly WatchBackoff backoff = new(time, random);
    private string? version;
    private string? listFrom = "0"; // the first list may come from the server's memory; later ones must not go back in time
    private int failures;

    /// <summary>Called when a watch has ended, with <c>ended</c>, <c>expired</c> or <c>failed</c>.</summary>
    public Action<string>? Restarted { get; init; }

    /// <summary>Runs until cancelled.</summary>
    [SuppressMessage(
        "Design", "CA1031", Justification = "A watch recovers from everything; each failure is logged and followed by a pause")]
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            TimeSpan? pause;
            try
            {
                await ListAndWatchAsync(cancellationToken);
                failures = 0;
                pause = null;
                Restarted?.Invoke("ended");
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (KubernetesException error) when (error.IsExpired)
            {
                LogExpired(logger, Kind, Place, version);
                Restarted?.Invoke("expired");
                version = null;
                pause = failures++ == 0 ? null : backoff.Next();
            }
            catch (Exception error)
            {
                pause = Longer(backoff.Next(), (error as KubernetesException)?.RetryAfter);
                LogFailed(logger, Kind, Place, error.Message + ApiErrorAdvice.For<TEntity>(error, "list and watch"),
                    pause.Value.TotalSeconds);
                Restarted?.Invoke("failed");
                if (++failures % FailuresBeforeRelist == 0) version = null;
            }

            if (pause is { } wait) await Task.Delay(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string Place => inNamespace ?? "all namespaces";

    private static string Kind => EntityDefinition.Of<TEntity>().Kind;

    private static TimeSpan Longer(TimeSpan pause, TimeSpan? retryAfter) => retryAfter > pause ? retryAfter.Value : pause;

    /// <exception cref="IOException">The watch ended at once, and nothing came of it: that is no way to go on.</exception>
    private async Task ListAndWatchAsync(CancellationToken cancellationToken)
    {
        if (version is null)
        {
            var list = await client.ListAsync<TEntity>(inNamespace, new ListOptions(ResourceVersion: listFrom), cancellationToken);
            cache.Replace(inNamespace, list);
            version = list.ResourceVersion;
            listFrom = null;
            LogListed(logger, Kind, Place, list.Items.Count, version);
        }

        var started = time.GetTimestamp();
        var isIdle = true;
        await foreach (var change in client.WatchAsync<TEntity>(inNamespace, version, null, cancellationToken))
        {
            if (change.Type != WatchEventType.Bookmark || change.ResourceVersion != version)
            {
                isIdle = false;
                failures = 0;
            }

            if (change.Type != WatchEventType.Bookmark) cache.Apply(change);
            version = change.ResourceVersion ?? version;
        }

        if (isIdle && time.GetElapsedTime(started) < MinimumWatchDuration) throw new IOException("the server ended the watch at once");
    }

    [LoggerMessage(1211, LogLevel.Debug, "Listed {Kind} in {Namespace}: {Count} objects at {Version}")]
    private static partial void LogListed(ILogger logger, string kind, string @namespace, int count, string? version);

    [LoggerMessage(1212, LogLevel.Information, "The watch of {Kind} in {Namespace} is too old at {Version}: listing again")]
    private static partial void LogExpired(ILogger logger, string kind, string @namespace, string? version);

    [LoggerMessage(1213, LogLevel.Warning, "The watch of {Kind} in {Namespace} failed: {Reason}. Next try in {Seconds:0.0} s")]
    private static partial void LogFailed(ILogger logger, string kind, string @namespace, string reason, double seconds);
}
