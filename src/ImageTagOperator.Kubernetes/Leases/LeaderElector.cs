using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Leases;

/// <summary>Holds a Lease so that only one replica works at a time. It only uses the local clock: another replica's lease has expired when
/// it has not changed for its duration since we saw the last change.</summary>
internal sealed partial class LeaderElector(
    IKubernetesClient client,
    LeaderElectionSettings settings,
    NamespacedName key,
    string identity,
    TimeProvider time,
    Func<double> random,
    ILogger<LeaderElector> logger)
{
    private V1Lease? observed;
    private long observedAt;
    private long renewedAt;
    private bool isForbiddenLogged;
    private string? loggedHolder;

    /// <summary>Whether this replica holds the lease and may continue now. False as soon as the deadline passes, before any
    /// notification.</summary>
    public bool IsValid => observed?.Spec?.HolderIdentity == identity
        && time.GetElapsedTime(Volatile.Read(ref renewedAt)) < settings.RenewDeadline;

    /// <summary>Retries until this replica holds the lease.</summary>
    public async Task AcquireAsync(CancellationToken cancellationToken)
    {
        LogWaiting(logger, key, identity);
        while (!await TryAsync(settings.RenewDeadline, cancellationToken))
        {
            // The jitter keeps candidates from all writing at once when a lease expires. A pause above the period would delay taking over a
            // released lease.
            await Task.Delay(settings.RetryPeriod * (0.6 + (0.4 * random())), time, cancellationToken);
        }

        LogAcquired(logger, key, identity);
    }

    /// <summary>Renews the lease and returns when it is lost; throws only when cancelled.</summary>
    public async Task RenewUntilLostAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Shorter(settings.RetryPeriod, Remaining), time, cancellationToken);
            // Read once: a process can be frozen between any two lines, and a negative timeout is invalid.
            var left = Remaining;
            if (left <= TimeSpan.Zero) break;
            if (!await TryAsync(left, cancellationToken) && HeldByOther) break;
        }

        LogLost(logger, key, HeldByOther ? observed?.Spec?.HolderIdentity : null, settings.RenewDeadline.TotalSeconds);
    }

    /// <summary>Releases the lease, so that the next replica need not wait for it to expire.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The lease runs out by itself; the reason is logged")]
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (observed?.Spec?.HolderIdentity != identity) return;
        try
        {
            // Read again: the answer to the last renewal, with its resourceVersion, may have been lost.
            var lease = await client.GetAsync<V1Lease>(key.Name, key.Namespace, cancellationToken);
            if (lease is null || lease.Spec?.HolderIdentity != identity) return;
            lease.Spec = lease.Spec with { HolderIdentity = "", LeaseDurationSeconds = 1, RenewTime = time.GetUtcNow().UtcDateTime };
            observed = await client.UpdateAsync(lease, cancellationToken);
            LogReleased(logger, key);
        }
        catch (Exception error)
        {
            LogNotReleased(logger, key, error.Message);
        }
    }

    private TimeSpan Remaining => settings.RenewDeadline - time.GetElapsedTime(renewedAt);

    private bool HeldByOther => observed?.Spec?.HolderIdentity is { Length: > 0 } holder && holder != identity;

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right > TimeSpan.Zero ? right : TimeSpan.Zero;

    [SuppressMessage("Design", "CA1031", Justification = "Any failure is tried again until the deadline; it is logged")]
    private async Task<bool> TryAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await AcquireOrRenewAsync(either.Token);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailure(error);
            return false;
        }
    }

    private async Task<bool> AcquireOrRenewAsync(CancellationToken cancellationToken)
    {
        // The lease counts from before the request, because others may see it renewed from then on.
        var asked = time.GetTimestamp();
        var now = time.GetUtcNow().UtcDateTime;
        var lease = await client.GetAsync<V1Lease>(key.Name, key.Namespace, cancellationToken);
        if (lease is not null) Observe(lease);
        if (lease is not null && HeldByOther && time.GetElapsedTime(observedAt) < DurationOf(lease))
        {
            LogNewHolder(lease.Spec?.HolderIdentity);
            return false;
        }

        try
        {
            Observe(lease is null
                ? await client.CreateAsync(NewLease(now), cancellationToken)
                : await client.UpdateAsync(Renewed(lease, now), cancellationToken));
        }
        catch (KubernetesException error) when (error.StatusCode == HttpStatusCode.Conflict)
        {
            return false; // another candidate was faster
        }

        Volatile.Write(ref renewedAt, asked);
        isForbiddenLogged = false;
        return true;
    }

    private void Observe(V1Lease lease)
    {
        var changed = lease.Metadata.ResourceVersion != observed?.Metadata.ResourceVersion;
        observed = lease;
        if (changed) observedAt = time.GetTimestamp();
    }

    private TimeSpan DurationOf(V1Lease lease) =>
        lease.Spec?.LeaseDurationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : settings.LeaseDuration;

    private V1Lease NewLease(DateTime now) => new()
    {
        Metadata = new() { Name = key.Name, NamespaceProperty = key.Namespace },
        Spec = new()
        {
            HolderIdentity = identity,
            LeaseDurationSeconds = (int)settings.LeaseDuration.TotalSeconds,
            AcquireTime = now,
            RenewTime = now,
            LeaseTransitions = 0,
        },
    };

    private V1Lease Renewed(V1Lease lease, DateTime now)
    {
        var ours = lease.Spec?.HolderIdentity == identity;
        return new()
        {
            Metadata = lease.Metadata,
            Spec = new()
            {
                HolderIdentity = identity,
                LeaseDurationSeconds = (int)settings.LeaseDuration.TotalSeconds,
                AcquireTime = ours ? lease.Spec?.AcquireTime : now,
                RenewTime = now,
                LeaseTransitions = (lease.Spec?.LeaseTransitions ?? 0) + (ours ? 0 : 1),
            },
        };
    }

    private void LogNewHolder(string? holder)
    {
        if (holder == loggedHolder) return;
        loggedHolder = holder;
        LogHolder(logger, key, holder);
    }

    private void LogFailure(Exception error)
    {
        if (error is KubernetesException { StatusCode: HttpStatusCode.Forbidden })
        {
            if (isForbiddenLogged) return;
            isForbiddenLogged = true;
            LogForbidden(logger, key, error.Message, key.Namespace);
            return;
        }

        LogFailed(logger, key, error.Message);
    }

    [LoggerMessage(1401, LogLevel.Information, "Waiting for the lease {Lease} as {Identity}")]
    private static partial void LogWaiting(ILogger logger, NamespacedName lease, string identity);

    [LoggerMessage(1402, LogLevel.Information, "Holding the lease {Lease} as {Identity}")]
    private static partial void LogAcquired(ILogger logger, NamespacedName lease, string identity);

    [LoggerMessage(1403, LogLevel.Information, "The lease {Lease} is held by {Holder}")]
    private static partial void LogHolder(ILogger logger, NamespacedName lease, string? holder);

    [LoggerMessage(1404, LogLevel.Error,
        "Lost the lease {Lease} (holder now: {Holder}; it could not be renewed within {Seconds} s): stopping all work")]
    private static partial void LogLost(ILogger logger, NamespacedName lease, string? holder, double seconds);

    [LoggerMessage(1405, LogLevel.Information, "Released the lease {Lease}")]
    private static partial void LogReleased(ILogger logger, NamespacedName lease);

    [LoggerMessage(1406, LogLevel.Warning, "Could not release the lease {Lease}, so the next replica waits until it runs out: {Reason}")]
    private static partial void LogNotReleased(ILogger logger, NamespacedName lease, string reason);

    [LoggerMessage(
        1407, LogLevel.Error, "Not allowed to use the lease {Lease}: {Reason}. The operator's Role in namespace {Namespace} needs the rule"
        + " apiGroups: [\"coordination.k8s.io\"], resources: [\"leases\"], verbs: [\"get\", \"create\", \"update\"]. Trying on in silence")]
    private static partial void LogForbidden(ILogger logger, NamespacedName lease, string reason, string? @namespace);

    [LoggerMessage(1408, LogLevel.Warning, "Could not get or renew the lease {Lease}, trying on: {Reason}")]
    private static partial void LogFailed(ILogger logger, NamespacedName lease, string reason);
}
