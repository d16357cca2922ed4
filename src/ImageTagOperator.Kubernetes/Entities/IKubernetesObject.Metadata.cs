namespace ImageTagOperator.Kubernetes;

/// <summary>A Kubernetes object with metadata; nearly always <see cref="V1ObjectMeta"/>.</summary>
public interface IKubernetesObject<TMetadata> : IKubernetesObject
{
    TMetadata Metadata { get; set; }
}
