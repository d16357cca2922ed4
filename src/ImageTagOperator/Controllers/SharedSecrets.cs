using ImageTagOperator.Memory;
using k8s.Models;

namespace ImageTagOperator.Controllers;

/// <summary>Reads Secrets, each once for all sets that need it within a few seconds: thousands of sets may share one. A set that was edited
/// meanwhile is never reconciled with a Secret that was read before the edit. Thread-safe.</summary>
public sealed class SharedSecrets(IKubernetesClient kubernetes, TimeProvider time)
{
    /// <summary>How long a reading is shared: a changed Secret is used at most this much later.</summary>
    private static readonly TimeSpan SharedFor = TimeSpan.FromSeconds(5);

    /// <summary>A namespace that creates sets all the time, whose Secret does not help, has it read at most so often.</summary>
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(1.1);

    /// <summary>How long after its last use an unchanged Secret stays the same object, to which its parsed content belongs.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    private readonly ExpiringCache<NamespacedName, Reading> readings = new(time);

    /// <param name="editedAt">A reading that started before this time is not used.</param>
    /// <returns>The Secret; null when there is none. While it is unchanged and in use, it is the same object.</returns>
    /// <exception cref="KubernetesException">The API server rejected the request.</exception>
    /// <exception cref="HttpRequestException">The API server cannot be reached.</exception>
    /// <exception cref="TimeoutException">The API server did not answer in time.</exception>
    public Task<V1Secret?> GetAsync(NamespacedName name, DateTimeOffset editedAt, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Do not use a caller's token: others wait for the same read. The client's timeout ends it.
        var reading = readings.Update(
            name,
            known => known is not null && known.At > editedAt && now - known.At < SharedFor ? known
                : new Reading(
                    now, WithoutCopyAsync(kubernetes.GetAsync<V1Secret>(name.Name, name.Namespace, CancellationToken.None), known)),
            KeptFor);
        return reading.Secret.WaitAsync(cancellationToken);
    }

    private static async Task<V1Secret?> WithoutCopyAsync(Task<V1Secret?> reading, Reading? before)
    {
        var secret = await reading;
        return before is { Secret: { IsCompletedSuccessfully: true } known } && IsSame(await known, secret) ? await known : secret;
    }

    private static bool IsSame(V1Secret? one, V1Secret? other) => one?.Metadata is { ResourceVersion: { } version, Uid: var uid }
        && other?.Metadata is { } metadata && (metadata.ResourceVersion, metadata.Uid) == (version, uid);

    /// <summary>Waits before a Secret that is missing or cannot be used is read again, so that many new sets share one more read.</summary>
    /// <param name="since">When the set that asks became known.</param>
    /// <returns>False, without a wait, when the last read started after that: another one would show the same.</returns>
    public async Task<bool> WaitForNewerAsync(NamespacedName name, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (readings.TryGet(name, out var known) && known.At >= since) return false;
        await Task.Delay(ReadAgainAfter, time, cancellationToken);
        return true;
    }

    private sealed record Reading(DateTimeOffset At, Task<V1Secret?> Secret);
}
