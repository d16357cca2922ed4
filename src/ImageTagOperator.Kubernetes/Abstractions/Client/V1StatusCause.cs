namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>One of the causes of an error, such as a field that the schema refused.</summary>
public sealed class V1StatusCause
{
    public string? Reason { get; set; }

    public string? Message { get; set; }

    public string? Field { get; set; }
}
