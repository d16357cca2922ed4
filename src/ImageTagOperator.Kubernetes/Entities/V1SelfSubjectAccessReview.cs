namespace ImageTagOperator.Kubernetes;

/// <summary>Asks the API server whether we may do something. Every authenticated user may create one; the answer is in its status.</summary>
[KubernetesEntity(Group = "authorization.k8s.io", ApiVersion = "v1", Kind = "SelfSubjectAccessReview", PluralName = "selfsubjectaccessreviews")]
[EntityScope(EntityScope.Cluster)]
public sealed class V1SelfSubjectAccessReview : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "authorization.k8s.io/v1";

    public string Kind { get; set; } = "SelfSubjectAccessReview";

    public V1ObjectMeta Metadata { get; set; } = new();

    public SpecOf Spec { get; set; } = new();

    public StatusOf? Status { get; set; }

    public sealed class SpecOf
    {
        public V1ResourceAttributes? ResourceAttributes { get; set; }
    }

    public sealed class StatusOf
    {
        public bool Allowed { get; set; }

        public string? Reason { get; set; }
    }
}
