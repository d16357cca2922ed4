using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Guards;

/// <summary>Differences on an image that nobody declared.</summary>
/// <param name="Found">Tags that were seen to differ for the first time.</param>
/// <param name="Corrected">Tags that were put right.</param>
public readonly record struct Drift(int Found, int Corrected)
{
    /// <summary>In mode Observe: what the status does not tell of yet.</summary>
    public static Drift Observed(IEnumerable<TagStep> planned, IReadOnlyCollection<TagStep> pending) =>
        new(planned.Count(step => !pending.Contains(step)), 0);

    /// <summary>In mode Enforce, of a set that was in order before.</summary>
    /// <param name="isFirstLook">The reconcile before this one did not work on the same differences.</param>
    public static Drift Enforced(IReadOnlyCollection<TagStep> planned, IReadOnlyCollection<TagStep> done, bool isFirstLook) =>
        new(isFirstLook ? planned.Count : 0, planned.Count(done.Contains));

    public static Drift operator +(Drift left, Drift right) => new(left.Found + right.Found, left.Corrected + right.Corrected);
}
