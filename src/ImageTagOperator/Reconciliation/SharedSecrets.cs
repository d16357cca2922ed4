using k8s.Models;

namespace ImageTagOperator.Reconciliation;

/// <summary>Reads each Secret once for all sets that ask for it within a moment, one that does not exist or cannot be read too: a namespace may have
/// thousands of sets with one Secret. Safe for concurrent use.</summary>
public sealed class SharedSecrets(IKubernetesClient kubernetes, TimeProvider time)
{
    /// <summary>Whoever replaces a Secret and has its set looked at does not do so any faster.</summary>
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(2);

    private readonly Remembered<NamespacedName, Task<V1Secret?>> readings = new(time);

    /// <returns>Null: there is none.</returns>
    /// <exception cref="KubernetesException"/>
    public Task<V1Secret?> GetAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        // Not with a caller's token: others wait for it too. The client ends it in time.
        var reading = readings.GetOrPut(name, _ => kubernetes.GetAsync<V1Secret>(name.Name, name.Namespace, CancellationToken.None), Shared);
        return reading.WaitAsync(cancellationToken);
    }
}
