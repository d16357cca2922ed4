using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Threading.Channels;
using ImageTagOperator.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Events;

/// <summary>Writes events in the background. The queue is bounded and drops what does not fit, because no reconcile should wait for an
/// event.</summary>
internal sealed partial class EventRecorder(
    IKubernetesClient client, EventFactory factory, EventSpamFilter filter, TimeProvider time, ILogger<EventRecorder> logger)
{
    private const int Capacity = 4000;
    private const int CapacityPerNamespace = Capacity / 4;
    private const int Attempts = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Channel<Eventsv1Event> queue =
        Channel.CreateBounded<Eventsv1Event>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> queued = new(StringComparer.Ordinal);
    private readonly EventSeries series = new(time);
    private bool isForbiddenLogged;

    /// <summary>Queues an event, or drops it.</summary>
    public Task PublishAsync(
        IKubernetesObject<V1ObjectMeta> entity, string reason, string message, EventType type, CancellationToken cancellationToken)
    {
        // Create the event here and not in the background: the caller may change its object as soon as this returns.
        var created = factory.Create(entity, reason, message, type);
        if (filter.Allows(created.Regarding!)) Enqueue(created);
        return Task.CompletedTask;
    }

    /// <summary>Writes until <see cref="Complete"/> was called and the queue is empty, or until cancelled.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "An event that cannot be written is logged and dropped; the next one is tried")]
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var next in queue.Reader.ReadAllAsync(cancellationToken))
            {
                Count(next, -1);
                try
                {
                    await WriteAsync(next, cancellationToken);
                }
                catch (Exception error) when (!cancellationToken.IsCancellationRequested)
                {
                    LogFailure(next, error);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What is left in the queue is dropped.
        }
    }

    /// <summary>Accepts no more events.</summary>
    public void Complete() => queue.Writer.TryComplete();

    /// <summary>Limits the events of one namespace, so that there is room for others.</summary>
    private void Enqueue(Eventsv1Event created)
    {
        lock (gate)
        {
            if (queued.GetValueOrDefault(NamespaceOf(created)) < CapacityPerNamespace && queue.Writer.TryWrite(created)) Count(created, +1);
        }
    }

    private void Count(Eventsv1Event created, int more)
    {
        lock (gate)
        {
            var now = queued.GetValueOrDefault(NamespaceOf(created)) + more;
            if (now == 0) queued.Remove(NamespaceOf(created));
            else queued[NamespaceOf(created)] = now;
        }
    }

    private static string NamespaceOf(Eventsv1Event created) => created.Regarding?.NamespaceProperty ?? "";

    private async Task WriteAsync(Eventsv1Event next, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await WriteOnceAsync(next, cancellationToken);
                return;
            }
            catch (Exception error) when (attempt < Attempts && IsTransient(error))
            {
                await Task.Delay((error as KubernetesException)?.RetryAfter ?? Pause, time, cancellationToken);
            }
        }
    }

    private async Task WriteOnceAsync(Eventsv1Event next, CancellationToken cancellationToken)
    {
        if (series.Find(next) is { } earlier)
        {
            try
            {
                await client.PatchAsync<Eventsv1Event>(
                    earlier.Key, EventSeries.Patch(earlier.Count + 1, next.EventTime!.Value), null, cancellationToken);
                series.Repeated(next, earlier);
                return;
            }
            catch (KubernetesException error) when (error.IsNotFound)
            {
                // The server deletes events after an hour: this one starts a new series.
            }
        }

        await client.CreateAsync(next, cancellationToken);
        series.Created(next);
        isForbiddenLogged = false;
    }

    private static bool IsTransient(Exception error) => error switch
    {
        KubernetesException refused => refused.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
        _ => error is HttpRequestException or TimeoutException or IOException,
    };

    private void LogFailure(Eventsv1Event lost, Exception error)
    {
        var forbidden = error is KubernetesException { StatusCode: HttpStatusCode.Forbidden };
        if (forbidden && isForbiddenLogged) return;
        isForbiddenLogged |= forbidden;
        var reason = error.Message + ApiErrorAdvice.For<Eventsv1Event>(error, "create and patch");
        LogDropped(logger, lost.Reason, lost.Regarding?.NamespaceProperty, lost.Regarding?.Name, reason);
    }

    [LoggerMessage(1501, LogLevel.Warning, "The event {Reason} about {Namespace}/{Name} could not be written: {Error}")]
    private static partial void LogDropped(ILogger logger, string? reason, string? @namespace, string? name, string error);
}
