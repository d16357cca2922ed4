namespace ImageTagOperator.OpenStack;

/// <summary>A cloud did not do what was asked. The message names the call, the cause and, if there is one, the fix. It never contains a
/// secret or a token.</summary>
public sealed class CloudException(CloudErrorKind kind, string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public CloudErrorKind Kind => kind;

    /// <summary>The server is probably not the API: its answer is not JSON.</summary>
    internal bool IsUnexpectedContent { get; init; }

    /// <summary>The answer is longer than what is read, or than the memory for images.</summary>
    internal bool IsTooLarge { get; init; }

    /// <summary>How long the cloud asked us to wait (Retry-After), or null.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
