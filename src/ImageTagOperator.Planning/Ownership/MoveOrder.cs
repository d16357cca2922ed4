using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>A tag that moves from one image to another is always on one of them.</summary>
public static class MoveOrder
{
    /// <summary>Images that the set leaves keep their tags until those that it applies to have them. One that never will, for example
    /// because it belongs to another project, does not count as long as another one has them.</summary>
    /// <param name="written">For each image that the set applies to, whether it has all declared tags, and what is wrong with it.</param>
    public static bool MayRelease(IReadOnlyCollection<(bool HasAll, Problem? Problem)> written) =>
        written.Count == 0
        || (written.Any(image => image.HasAll)
            && written.All(image => image.HasAll || image.Problem is { Reason.Kind: ProblemKind.Stalled }));
}
