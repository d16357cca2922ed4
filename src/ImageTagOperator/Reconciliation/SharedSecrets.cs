using k8s.Models;

namespace ImageTagOperator.Reconciliation;

/// <summary>Reads each Secret once for all sets that ask for it within a moment, one that does not exist or cannot be read too: a namespace may have
/// thousands of sets with one Secret. Safe for concurrent use.</summary>
public sealed class SharedSecrets(IKubernetesClient kubernetes, TimeProvider time)
{
    /// <summary>Whoever replaces a Secret and has its set looked at does not do so any faster.</summary>
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, (DateTimeOffset Since, Task<V1Secret?> Secret)> readings = [];

    /// <returns>Null: there is none.</returns>
    /// <exception cref="KubernetesException"/>
    public Task<V1Secret?> GetAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var (old, reading) in readings)
            {
                if (reading.Secret.IsCompleted && now - reading.Since >= Shared) readings.Remove(old);
            }

            // Not with a caller's token: others wait for it too. The client ends it in time.
            if (!readings.TryGetValue(name, out var current)) readings[name] = current = (now, kubernetes.GetAsync<V1Secret>(name.Name, name.Namespace, CancellationToken.None));
            return current.Secret.WaitAsync(cancellationToken);
        }
    }
}
