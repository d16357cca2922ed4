using ImageTagOperator.Entities;

namespace ImageTagOperator.Planning;

/// <summary>What is known of an image that a set has tags on and that was not among those found.</summary>
public enum Evidence
{
    /// <summary>It was read by its id where the spec leads, and matches it.</summary>
    Matches,

    /// <summary>It was read by its id, and the spec does not mean it, or means nothing because the set is deleted.</summary>
    MatchesNot,

    /// <summary>It was asked for by its id with credentials of the project that saw it before, and is not there.</summary>
    Gone,

    /// <summary>The credentials lead to another project or cloud than the ones that saw it.</summary>
    CloudChanged,

    /// <summary>No answer.</summary>
    None,
}

/// <summary>What becomes of the tags on an image that was not among those found.</summary>
public enum Release
{
    /// <summary>It counts as found: the list was not complete.</summary>
    Keep,

    /// <summary>The managed tags are removed, or what was there before is restored.</summary>
    LetGo,

    /// <summary>The tags stay and belong to nobody.</summary>
    Retain,

    /// <summary>There is nothing left to do.</summary>
    Forget,

    /// <summary>The tags stay the set's, and it says so.</summary>
    Hold,

    /// <summary>It is tried again.</summary>
    TryAgain,
}

/// <summary>What lets a tag go. Pure.</summary>
/// <remarks>
/// <code>
///                              | the spec is the same | the spec was edited, or the set deleted
///                              |                      |  Remove, Restore  |  Retain
/// -----------------------------+----------------------+-------------------+---------
/// read by id, matches          | keep                 | keep              | retain
/// read by id, does not match   | let go               | let go            | retain
/// gone (404, same project)     | forget               | forget            | retain
/// other project or cloud       | hold                 | try again         | retain
/// no answer                    | try again            | try again         | retain
/// </code>
/// That a list lacks an image is no evidence, and does not appear.
/// </remarks>
public static class ReleaseRule
{
    public static Release Of(Evidence evidence, LeavingCause? cause, TagDeletionPolicy policy) => (cause, evidence) switch
    {
        (LeavingCause.Edited, _) when policy == TagDeletionPolicy.Retain => Release.Retain,
        (_, Evidence.Gone) => Release.Forget,
        (_, Evidence.None) => Release.TryAgain,
        (null, Evidence.CloudChanged) => Release.Hold,
        (_, Evidence.CloudChanged) => Release.TryAgain,
        (_, Evidence.Matches) => Release.Keep,
        _ => Release.LetGo,
    };
}
