using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>Decides whether a set may release the tags on an image. Pure.</summary>
/// <remarks>
/// <code>
///                              | the spec is the same | the spec was edited, or the set deleted
///                              |                      |  Remove, Restore  |  Retain
/// -----------------------------+----------------------+-------------------+---------
/// read by id, matches          | keep                 | keep              | keep
/// read by id, does not match   | clean up             | clean up          | retain
/// gone (404, same project)     | forget               | forget            | retain
/// other project or cloud       | block                | retry             | retain
/// no answer                    | retry                | retry             | retain
/// </code>
/// An image that is missing from a list is not evidence of anything, so it does not appear here.
/// </remarks>
public static class ReleaseRule
{
    public static Release Of(Evidence evidence, LeavingCause? cause, TagDeletionPolicy policy) => (cause, evidence) switch
    {
        (_, Evidence.Matches) => Release.Keep,
        (LeavingCause.Edited, _) when policy == TagDeletionPolicy.Retain => Release.Retain,
        (_, Evidence.Gone) => Release.Forget,
        (_, Evidence.None) => Release.Retry,
        (null, Evidence.CloudChanged) => Release.Block,
        (_, Evidence.CloudChanged) => Release.Retry,
        _ => Release.CleanUp,
    };
}
