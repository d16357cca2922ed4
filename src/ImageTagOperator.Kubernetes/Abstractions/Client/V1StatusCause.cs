namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>A cause of an error, such as a field that the schema rejected.</summary>
public sealed class V1StatusCause
{
    public string? Reason { get; set; }

    public string? Message { get; set; }

    public string? Field { get; set; }
}
