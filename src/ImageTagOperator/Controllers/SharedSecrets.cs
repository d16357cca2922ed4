using ImageTagOperator.Memory;
using k8s.Models;

namespace ImageTagOperator.Controllers;

/// <summary>Reads Secrets, each once for all sets that ask for it within a few seconds: thousands of sets may have one. A set that was
/// edited in the meantime is never reconciled with what its Secret held before the edit. Safe for concurrent use.</summary>
public sealed class SharedSecrets(IKubernetesClient kubernetes, TimeProvider time)
{
    /// <summary>A Secret that was changed is used at most so much later.</summary>
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(5);

    private readonly Remembered<NamespacedName, Reading> readings = new(time);

    /// <param name="editedAt">A reading that was begun before does not do.</param>
    /// <returns>Null: there is none. The same object for all who share a reading.</returns>
    /// <exception cref="KubernetesException"/>
    /// <exception cref="HttpRequestException"/>
    /// <exception cref="TimeoutException"/>
    public Task<V1Secret?> GetAsync(NamespacedName name, DateTimeOffset editedAt, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Not with a caller's token: others wait for it too. The client ends it in time.
        var reading = readings.Update(
            name,
            known => known is not null && known.At > editedAt && now - known.At < Shared ? known
                : new Reading(now, kubernetes.GetAsync<V1Secret>(name.Name, name.Namespace, CancellationToken.None)),
            Shared);
        return reading.Secret.WaitAsync(cancellationToken);
    }

    private sealed record Reading(DateTimeOffset At, Task<V1Secret?> Secret);
}
