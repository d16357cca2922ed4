namespace ImageTagOperator.OpenStack.Images;

/// <summary>How a PUT or DELETE of one tag ended.</summary>
public enum TagWriteResult
{
    /// <summary>204.</summary>
    Done,

    /// <summary>404: the image, or for a DELETE the tag, is not there. Under concurrency Glance says so of images that are there: confirm
    /// it with a read.</summary>
    NotFound,

    /// <summary>403.</summary>
    Forbidden,

    /// <summary>413: the image holds as many tags as the cloud allows.</summary>
    QuotaExceeded,

    /// <summary>400 or another 4xx: the cloud will never take this tag.</summary>
    Rejected,

    /// <summary>500: the cloud ended the call with an error of its own. A DELETE that always ends so will never work.</summary>
    ServerError,

    /// <summary>A timeout, a broken connection, a gateway's error: the write may still be running. It must not be sent again at
    /// once.</summary>
    Uncertain,

    /// <summary>The request was not sent, or was turned away before any work (401, 429, 503, connection refused).</summary>
    NotSent,
}

/// <summary>How a PUT or DELETE of one tag ended, with the cloud's own words.</summary>
/// <param name="Message">For people: the call, the status and the cloud's message; empty when done.</param>
/// <param name="RetryAfter">How long the cloud asked us to wait, or null.</param>
public readonly record struct TagWriteOutcome(TagWriteResult Result, string Message = "", TimeSpan? RetryAfter = null)
{
    public bool IsDone => Result == TagWriteResult.Done;
}
