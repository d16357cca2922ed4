using System.Diagnostics.CodeAnalysis;
using ImageTagOperator.Kubernetes.Events;
using ImageTagOperator.Kubernetes.Leases;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Hosting;

/// <summary>Runs the operator: fills the caches, becomes the leader, reconciles, and stops in order.</summary>
internal sealed partial class OperatorHost(
    IEnumerable<IEntityRuntime> runtimes,
    EventRecorder events,
    IReadOnlyList<LeaderElector> electors,
    OwnNamespace home,
    OperatorSettings settings,
    OperatorState state,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<OperatorHost> logger) : IHostedService, IDisposable
{
    /// <summary>How long to wait for cancelled reconciles, and for the last events to be written.</summary>
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(3);

    private readonly IReadOnlyList<IEntityRuntime> kinds = [.. runtimes];
    private readonly CancellationTokenSource taking = new(); // cancelled: no new keys are taken
    private readonly CancellationTokenSource running = new(); // cancelled: running reconciles are cancelled
    private readonly CancellationTokenSource background = new(); // cancelled: watches, leader election and events end
    private readonly List<Task> workers = [];
    private readonly List<Task> leading = [];
    private Task lifecycle = Task.CompletedTask;
    private Task watching = Task.CompletedTask;
    private Task recording = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        recording = Task.Run(() => events.RunAsync(background.Token), CancellationToken.None);
        watching = Task.WhenAll(kinds.SelectMany(kind => kind.Watch(background.Token)).Select(task => GuardAsync("a watch", task)));
        lifecycle = GuardAsync("the start", Task.Run(BeginAsync, CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <summary>Stops taking work, lets running reconciles finish or cancels them, then releases the lease. The order makes sure that two
    /// replicas never work at the same time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        await FinalizeNamespaceAsync(cancellationToken);
        await taking.CancelAsync();
        await lifecycle;
        var left = settings.ShutdownTimeout - time.GetElapsedTime(began);
        var limit = running.IsCancellationRequested || left < GracePeriod ? GracePeriod : left;
        var finished = await EndsWithinAsync(Task.WhenAll(workers), limit);
        if (!finished)
        {
            LogCancelling(logger, settings.ShutdownTimeout.TotalSeconds);
            await running.CancelAsync();
            finished = await EndsWithinAsync(Task.WhenAll(workers), GracePeriod);
        }

        events.Complete();
        await EndsWithinAsync(recording, GracePeriod);
        await background.CancelAsync();
        await Task.WhenAll(leading);
        state.SetLeader(null);
        // A reconcile that does not stop may still write, so the lease must expire by itself.
        // So must a common one, which others may still hold.
        if (settings.LeaderElection.Enabled && finished && state.ExitCode == 0) await electors[0].ReleaseAsync(cancellationToken);
        await watching;
    }

    public void Dispose()
    {
        taking.Dispose();
        running.Dispose();
        background.Dispose();
    }

    /// <summary>When the operator is deleted with its own namespace, nobody would finalize the objects in it and the namespace would never
    /// be deleted. So it finalizes them first.</summary>
    private async Task FinalizeNamespaceAsync(CancellationToken cancellationToken)
    {
        if (!state.IsLeader || running.IsCancellationRequested || !await home.IsTerminatingAsync(cancellationToken)) return;
        LogFinalizing(logger, home.Name);
        using var late = new CancellationTokenSource(settings.ShutdownTimeout - GracePeriod, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, running.Token, cancellationToken);
        state.SetFinalizationDeadline(home.Name, time.GetUtcNow() + settings.ShutdownTimeout - (2 * GracePeriod));
        try
        {
            await Task.WhenAll(kinds.Select(kind => kind.FinalizeNamespaceAsync(home.Name, stop.Token)));
        }
        catch (OperationCanceledException)
        {
            LogNotFinalized(logger, home.Name);
        }
    }

    private async Task BeginAsync()
    {
        try
        {
            foreach (var kind in kinds) await kind.WhenSyncedAsync(taking.Token);
            state.SetReady();
            await BecomeLeaderAsync();
        }
        catch (OperationCanceledException) when (taking.IsCancellationRequested)
        {
            return;
        }

        foreach (var kind in kinds) workers.AddRange(kind.Work(taking.Token, running.Token).Select(task => GuardAsync("a worker", task)));
    }

    private async Task BecomeLeaderAsync()
    {
        if (!settings.LeaderElection.Enabled)
        {
            state.SetLeader(static () => true);
            return;
        }

        foreach (var elector in electors)
        {
            await elector.AcquireAsync(taking.Token);
            leading.Add(GuardAsync("leader election", RenewUntilLostAsync(elector)));
        }

        state.SetLeader(() => electors.All(static elector => elector.IsValid));
    }

    private async Task RenewUntilLostAsync(LeaderElector elector)
    {
        await elector.RenewUntilLostAsync(background.Token);
        state.SetLeader(null);
        await Task.WhenAll(running.CancelAsync(), taking.CancelAsync());
        Stop();
    }

    private void Stop()
    {
        state.ExitCode = 1;
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    /// <summary>Reports a background task that fails before it was asked to stop.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The failure is logged, and liveness says so")]
    private async Task GuardAsync(string part, Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException) when (background.IsCancellationRequested || taking.IsCancellationRequested)
        {
            // The task was asked to stop.
        }
        catch (Exception error)
        {
            LogDied(logger, error, part);
            state.SetFailed();
        }
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(1601, LogLevel.Critical, "{Part} died: the operator is not alive any more")]
    private static partial void LogDied(ILogger logger, Exception error, string part);

    [LoggerMessage(1602, LogLevel.Warning, "Cancelling reconciles that still run after {Seconds} s")]
    private static partial void LogCancelling(ILogger logger, double seconds);

    [LoggerMessage(1603, LogLevel.Information,
        "The namespace {Namespace}, in which this operator runs, is being deleted: letting go of the objects in it first")]
    private static partial void LogFinalizing(ILogger logger, string @namespace);

    [LoggerMessage(1604, LogLevel.Error,
        "The namespace {Namespace} is being deleted, and objects in it could not be let go of in time: it waits until an operator that "
            + "watches it runs somewhere else")]
    private static partial void LogNotFinalized(ILogger logger, string @namespace);
}
