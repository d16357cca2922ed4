namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Base class of a custom resource with a spec and a status.</summary>
public abstract class CustomKubernetesEntity<TSpec, TStatus> : IKubernetesObject<V1ObjectMeta>
    where TSpec : new()
    where TStatus : new()
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set => field = value ?? new(); } = new();

    /// <summary>Never null: an explicit null in JSON reads as empty.</summary>
    public TSpec Spec { get; set => field = value ?? new(); } = new();

    /// <summary>Never null: an explicit null in JSON reads as empty.</summary>
    public TStatus Status { get; set => field = value ?? new(); } = new();
}
