using k8s.Models;

namespace ImageTagOperator.Reconciliation;

/// <summary>Reads Secrets. One that is there is read for each that asks, after it asked: no set is edited with what its Secret held before. That one is
/// missing, or cannot be read, is found out once for all that ask within a moment: a namespace may have thousands of sets that do. Safe for concurrent
/// use.</summary>
public sealed class SharedSecrets(IKubernetesClient kubernetes, TimeProvider time)
{
    /// <summary>Whoever makes a Secret and has its set looked at does not do so any faster.</summary>
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, (DateTimeOffset Since, Task<V1Secret?> Secret)> readings = [];

    /// <returns>Null: there is none.</returns>
    /// <exception cref="KubernetesException"/>
    /// <exception cref="HttpRequestException"/>
    /// <exception cref="TimeoutException"/>
    public async Task<V1Secret?> GetAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        Task<V1Secret?> first;
        bool isOwn;
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var (old, reading) in readings)
            {
                if (reading.Secret.IsCompleted && now - reading.Since >= Shared) readings.Remove(old);
            }

            isOwn = !readings.TryGetValue(name, out var known);
            // Not with a caller's token: others wait for it too. The client ends it in time.
            if (isOwn) readings[name] = known = (now, ReadAsync(name, CancellationToken.None));
            first = known.Secret;
        }

        var secret = await first.WaitAsync(cancellationToken);
        return isOwn || secret is null ? secret : await ReadAsync(name, cancellationToken);
    }

    private Task<V1Secret?> ReadAsync(NamespacedName name, CancellationToken cancellationToken) =>
        kubernetes.GetAsync<V1Secret>(name.Name, name.Namespace, cancellationToken);
}
