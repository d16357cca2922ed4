namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>What can befall a request.</summary>
internal enum Mishap
{
    /// <summary>The process dies before the request arrives.</summary>
    KillBefore,

    /// <summary>The process dies when the work is done, before it hears of it.</summary>
    KillAfter,

    /// <summary>The process dies; a tag write was loaded by then, and is saved before the next process starts.</summary>
    KillDuring,

    /// <summary>500, nothing done.</summary>
    Error,

    /// <summary>500, all done.</summary>
    ErrorAfterWork,

    /// <summary>503, nothing done.</summary>
    Unavailable,

    /// <summary>429 with Retry-After, nothing done.</summary>
    TooMany,

    /// <summary>The connection breaks, nothing done.</summary>
    ResetBefore,

    /// <summary>The connection breaks, all done.</summary>
    ResetAfter,

    /// <summary>No answer within the deadline, nothing done.</summary>
    TimeoutLost,

    /// <summary>No answer within the deadline; a tag write was loaded then and is saved some seconds later.</summary>
    TimeoutLate,

    /// <summary>401, nothing done.</summary>
    Unauthorized,

    /// <summary>404 for a tag write on an image that is there, nothing done.</summary>
    False404,

    /// <summary>Another client writes before the request.</summary>
    OtherBefore,

    /// <summary>Another client's whole write falls between our load and our look at the stored tags: it is lost.</summary>
    OtherInside,

    /// <summary>Another client's whole write falls between our look at the stored tags and our save: rows can become double.</summary>
    OtherBeforeSave,

    /// <summary>Another client loads before our write and saves after it: ours is lost.</summary>
    OtherAround,
}
