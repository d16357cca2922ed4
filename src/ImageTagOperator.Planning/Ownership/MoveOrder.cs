using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>Makes sure that a tag that moves from one image to another is always on at least one of them.</summary>
public static class MoveOrder
{
    /// <summary>Whether the images that the set leaves may lose their tags: only once the images that it applies to have them. An image
    /// that never will, for example because it belongs to another project, does not count as long as another image has them.</summary>
    /// <param name="written">For each image that the set applies to: whether it has all declared tags, and its problem.</param>
    /// <param name="isListIncomplete">The set may apply to images that the list lacks, or no second list has confirmed yet that it applies
    /// to none.</param>
    public static bool MayRelease(IReadOnlyCollection<(bool HasAll, Problem? Problem)> written, bool isListIncomplete) =>
        !isListIncomplete && (written.Count == 0
        || (written.Any(image => image.HasAll)
            && written.All(image => image.HasAll || image.Problem is { Reason.Kind: ProblemKind.Stalled })));
}
