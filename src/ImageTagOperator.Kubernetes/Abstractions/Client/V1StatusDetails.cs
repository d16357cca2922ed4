namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The object that an error is about, and its causes.</summary>
public sealed class V1StatusDetails
{
    public string? Name { get; set; }

    public string? Kind { get; set; }

    /// <summary>Seconds to wait before a retry.</summary>
    public int? RetryAfterSeconds { get; set; }

    public IList<V1StatusCause>? Causes { get; set; }
}
