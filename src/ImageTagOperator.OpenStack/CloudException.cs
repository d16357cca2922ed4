namespace ImageTagOperator.OpenStack;

/// <summary>A cloud did not do what was asked. The message names the call, the cause and, where there is one, the remedy;
/// it never holds a secret or a token.</summary>
public sealed class CloudException(CloudErrorKind kind, string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public CloudErrorKind Kind => kind;

    /// <summary>What answered is hardly the API: it sends a page.</summary>
    internal bool IsStrange { get; init; }

    /// <summary>How long the cloud asked us to wait (Retry-After), or null.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
