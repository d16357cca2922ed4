namespace ImageTagOperator.Reconciliation;

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

    /// <summary>The problem that a plan above the limit is, or null.</summary>
    public Problem? Refuse(IReadOnlyCollection<ImageResult> images)
    {
        var planned = images.Where(image => image.Problem is null).ToArray();
        var removals = planned.Sum(image => image.Plan.Removes.Count());
        if (!(removals > limit)) return null;
        var where = images.Count == 1 ? images.First().Job.Describe() : $"{images.Count} images";
        return new Problem(
            Reason.RemovalLimitExceeded,
            $"{Tags(removals, planned.SelectMany(image => image.Plan.Removes))} would be removed from {where}, and spec.maxRemovals is {limit}; "
            + $"nothing was changed. Raise it to {removals}, or correct the declaration.");
    }

    /// <summary>The problem that an image is for which nothing is left.</summary>
    public Problem Exhausted(ImageJob job, string[] removals) => new(
        Reason.RemovalLimitExceeded,
        $"{Tags(removals.Length, removals)} would be removed from {job.Describe()}, more than what is left of spec.maxRemovals {limit}; "
        + "the image was not changed further. Raise maxRemovals or correct the declaration.");

    private static string Tags(int number, IEnumerable<string> tags)
    {
        string[] names = [.. tags.Distinct().Order(StringComparer.Ordinal)];
        var listed = string.Join(", ", names.Take(MostListed)) + (names.Length > MostListed ? ", ..." : "");
        return $"{number} {(number == 1 ? "tag" : "tags")} ({listed})";
    }
}
