using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Planning.Guards;

/// <summary>Limits the removals of one reconcile over all images to <c>spec.maxRemovals</c> different ones. The limit covers the whole
/// reconcile because each image is read and planned again between its writes. Thread-safe.</summary>
/// <param name="limit">Null means no limit.</param>
public sealed class RemovalBudget(int? limit)
{
    private const int MaxListed = 20;

    private readonly Lock gate = new();
    private readonly HashSet<(string Image, string Tag)> taken = [];

    /// <summary>Takes all or none. A removal that is repeated because the cloud lost it counts once.</summary>
    /// <param name="image">The cloud and the id.</param>
    public bool TryTake(string image, IEnumerable<string> tags)
    {
        lock (gate)
        {
            var news = tags.Select(tag => (image, tag)).Except(taken).ToArray();
            if (taken.Count + news.Length > limit) return false;
            taken.UnionWith(news);
            return true;
        }
    }

    /// <summary>The problem of a plan that exceeds the limit; null when it does not.</summary>
    /// <param name="removals">All tags that the plan would remove. A tag that is removed from two images counts twice.</param>
    /// <param name="where">Where the tags are removed from, for the message.</param>
    public Problem? Refuse(IReadOnlyCollection<string> removals, string where) => !(removals.Count > limit) ? null : new Problem(
        Reason.RemovalLimitExceeded,
        $"{Tags(removals)} would be removed from {where}, and spec.maxRemovals is {limit}; "
        + $"nothing was changed. Raise it to {removals.Count}, or correct the declaration.");

    /// <summary>The problem of an image for which no budget is left.</summary>
    public Problem Exhausted(IReadOnlyCollection<string> removals, string where) => new(
        Reason.RemovalLimitExceeded,
        $"{Tags(removals)} would be removed from {where}, more than what is left of spec.maxRemovals {limit}; "
        + "the image was not changed further. Raise spec.maxRemovals, or correct the declaration.");

    private static string Tags(IReadOnlyCollection<string> tags)
    {
        string[] names = [.. tags.Distinct().Order(StringComparer.Ordinal)];
        var listed = string.Join(", ", names.Take(MaxListed)) + (names.Length > MaxListed ? ", ..." : "");
        return $"{tags.Count} {(tags.Count == 1 ? "tag" : "tags")} ({listed})";
    }
}
