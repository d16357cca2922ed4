using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Planning.Guards;

/// <summary>The removals of one reconcile, over all of its images: no more different ones than <c>spec.maxRemovals</c>, although each image
/// is read and planned again between its writes and may have more to remove by then. Safe for concurrent use.</summary>
/// <param name="limit">Null: no limit.</param>
public sealed class RemovalBudget(int? limit)
{
    private const int MostListed = 20;

    private readonly Lock gate = new();
    private readonly HashSet<(string ImageId, string Tag)> taken = [];

    /// <summary>Takes all or none. A removal that has to be done again, as the cloud lost it, is taken once.</summary>
    public bool TryTake(string imageId, IEnumerable<string> tags)
    {
        lock (gate)
        {
            var news = tags.Select(tag => (imageId, tag)).Except(taken).ToArray();
            if (taken.Count + news.Length > limit) return false;
            taken.UnionWith(news);
            return true;
        }
    }

    /// <summary>The problem of a plan above the limit, or null.</summary>
    /// <param name="removals">All tags that the plan would remove; one that goes from two images is there twice.</param>
    /// <param name="where">From where, for the message.</param>
    public Problem? Refuse(IReadOnlyCollection<string> removals, string where) => !(removals.Count > limit) ? null : new Problem(
        Reason.RemovalLimitExceeded,
        $"{Tags(removals)} would be removed from {where}, and spec.maxRemovals is {limit}; "
        + $"nothing was changed. Raise it to {removals.Count}, or correct the declaration.");

    /// <summary>The problem of an image for which nothing is left.</summary>
    public Problem Exhausted(IReadOnlyCollection<string> removals, string where) => new(
        Reason.RemovalLimitExceeded,
        $"{Tags(removals)} would be removed from {where}, more than what is left of spec.maxRemovals {limit}; "
        + "the image was not changed further. Raise spec.maxRemovals, or correct the declaration.");

    private static string Tags(IReadOnlyCollection<string> tags)
    {
        string[] names = [.. tags.Distinct().Order(StringComparer.Ordinal)];
        var listed = string.Join(", ", names.Take(MostListed)) + (names.Length > MostListed ? ", ..." : "");
        return $"{tags.Count} {(tags.Count == 1 ? "tag" : "tags")} ({listed})";
    }
}
