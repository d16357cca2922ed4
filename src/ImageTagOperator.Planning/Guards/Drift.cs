using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Guards;

/// <summary>Differences between an image and its declaration that no edit of the spec explains.</summary>
/// <param name="Found">The number of tags that were found to differ for the first time.</param>
/// <param name="Corrected">The number of tags that were corrected.</param>
public readonly record struct Drift(int Found, int Corrected)
{
    /// <summary>In mode Observe: the differences that the status does not list yet.</summary>
    public static Drift Observed(IEnumerable<TagStep> planned, IReadOnlyCollection<TagStep> pending) =>
        new(planned.Count(step => !pending.Contains(step)), 0);

    /// <summary>In mode Enforce, for a set that was in sync before.</summary>
    /// <param name="isFirstLook">The previous reconcile did not work on the same differences.</param>
    public static Drift Enforced(IReadOnlyCollection<TagStep> planned, IReadOnlyCollection<TagStep> done, bool isFirstLook) =>
        new(isFirstLook ? planned.Count : 0, planned.Count(done.Contains));

    public static Drift operator +(Drift left, Drift right) => new(left.Found + right.Found, left.Corrected + right.Corrected);
}
