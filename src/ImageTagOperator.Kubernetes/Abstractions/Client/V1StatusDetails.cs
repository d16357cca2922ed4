namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>What an error is about.</summary>
public sealed class V1StatusDetails
{
    public string? Name { get; set; }

    public string? Kind { get; set; }

    /// <summary>Seconds to wait before the next try.</summary>
    public int? RetryAfterSeconds { get; set; }

    public IList<V1StatusCause>? Causes { get; set; }
}
