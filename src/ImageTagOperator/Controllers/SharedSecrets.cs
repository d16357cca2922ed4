using ImageTagOperator.Memory;
using k8s.Models;

namespace ImageTagOperator.Controllers;

/// <summary>Reads Secrets. One that is there is read for each that asks, after it asked: no set is edited with what its Secret held before.
/// That one is missing, or cannot be read, is found out once for all that ask within a moment: a namespace may have thousands of sets that
/// do. Safe for concurrent use.</summary>
public sealed class SharedSecrets(IKubernetesClient kubernetes, TimeProvider time)
{
    /// <summary>Whoever makes a Secret and has its set looked at does not do so any faster.</summary>
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(2);

    private readonly Remembered<NamespacedName, Task<V1Secret?>> readings = new(time);

    /// <returns>Null: there is none. The same object as before while the Secret is the same.</returns>
    /// <exception cref="KubernetesException"/>
    /// <exception cref="HttpRequestException"/>
    /// <exception cref="TimeoutException"/>
    public async Task<V1Secret?> GetAsync(NamespacedName name, CancellationToken cancellationToken)
    {
        var isOwn = false;
        var reading = readings.GetOrPut(
            name,
            _ =>
            {
                isOwn = true;
                // Not with a caller's token: others wait for it too. The client ends it in time.
                return ReadAsync(name, CancellationToken.None);
            },
            Shared);
        var secret = await reading.WaitAsync(cancellationToken);
        if (isOwn || secret is null) return secret;
        var current = await ReadAsync(name, cancellationToken);
        return IsSame(secret, current) ? secret : current;
    }

    private static bool IsSame(V1Secret secret, V1Secret? current) =>
        (secret.Metadata.Uid, secret.Metadata.ResourceVersion) == (current?.Metadata.Uid, current?.Metadata.ResourceVersion);

    private Task<V1Secret?> ReadAsync(NamespacedName name, CancellationToken cancellationToken) =>
        kubernetes.GetAsync<V1Secret>(name.Name, name.Namespace, cancellationToken);
}
