namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The answer of the API server when it is not an object: an error, or an accepted deletion (meta/v1 Status).</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Status", PluralName = "statuses")]
public sealed class V1Status : IKubernetesObject
{
    public string ApiVersion { get; set; } = "v1";

    public string Kind { get; set; } = "Status";

    /// <summary><c>Success</c> or <c>Failure</c>.</summary>
    public string? Status { get; set; }

    public string? Message { get; set; }

    /// <summary>For programs: <c>NotFound</c>, <c>AlreadyExists</c>, <c>Conflict</c>, <c>Expired</c>...</summary>
    public string? Reason { get; set; }

    /// <summary>The HTTP status code; 0 when it was left out.</summary>
    public int Code { get; set; }

    public V1StatusDetails? Details { get; set; }
}
