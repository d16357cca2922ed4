namespace ImageTagOperator.OpenStack.Images;

/// <summary>The result of a PUT or DELETE of one tag.</summary>
public enum TagWriteResult
{
    /// <summary>204.</summary>
    Done,

    /// <summary>404: the image, or for a DELETE the tag, does not exist. Under concurrency Glance also answers 404 for an existing image:
    /// confirm it with a read.</summary>
    NotFound,

    /// <summary>403.</summary>
    Forbidden,

    /// <summary>413: the image has the maximum number of tags.</summary>
    QuotaExceeded,

    /// <summary>400 or another 4xx: the cloud does not accept this tag. A retry does not help.</summary>
    Rejected,

    /// <summary>500: an internal error of the cloud. A DELETE that always fails this way will never succeed.</summary>
    ServerError,

    /// <summary>A timeout, a broken connection or a gateway error: the write can still be running. Do not retry it at once.</summary>
    Uncertain,

    /// <summary>The request was not sent, or was rejected before it was executed (401, 429, 503, connection refused).</summary>
    NotSent,
}

/// <summary>The result of a PUT or DELETE of one tag, with the message of the cloud.</summary>
/// <param name="Message">For people: the call, the status and the cloud's message; empty when done.</param>
/// <param name="RetryAfter">The <c>Retry-After</c> of the response, or null.</param>
public readonly record struct TagWriteOutcome(TagWriteResult Result, string Message = "", TimeSpan? RetryAfter = null)
{
    public bool IsDone => Result == TagWriteResult.Done;
}
