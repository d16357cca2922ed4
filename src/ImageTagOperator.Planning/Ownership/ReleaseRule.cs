using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>What lets a tag go. Pure.</summary>
/// <remarks>
/// <code>
///                              | the spec is the same | the spec was edited, or the set deleted
///                              |                      |  Remove, Restore  |  Retain
/// -----------------------------+----------------------+-------------------+---------
/// read by id, matches          | keep                 | keep              | keep
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
        (_, Evidence.Matches) => Release.Keep,
        (LeavingCause.Edited, _) when policy == TagDeletionPolicy.Retain => Release.Retain,
        (_, Evidence.Gone) => Release.Forget,
        (_, Evidence.None) => Release.TryAgain,
        (null, Evidence.CloudChanged) => Release.Hold,
        (_, Evidence.CloudChanged) => Release.TryAgain,
        _ => Release.LetGo,
    };
}
