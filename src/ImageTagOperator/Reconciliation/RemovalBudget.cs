namespace ImageTagOperator.Reconciliation;

/// <summary>The removals of one reconcile, over all of its images: no more different ones than <c>spec.maxRemovals</c>, although each image
/// is read and planned again between its writes and may have more to remove by then. Safe for concurrent use.</summary>
/// <param name="limit">Null: no limit.</param>
public sealed class RemovalBudget(int? limit)
{
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
        var removals = images.Where(image => image.Problem is null).Sum(image => image.Plan.Removes.Count());
        if (!(removals > limit)) return null;
        var where = images.Count == 1 ? images.First().Job.Describe() : $"{images.Count} images";
        return new Problem(Reason.RemovalLimitExceeded, $"{Tags(removals)} would be removed from {where}, and spec.maxRemovals is {limit}; nothing was changed. {Remedy}");
    }

    /// <summary>The problem that an image is for which nothing is left.</summary>
    public Problem Exhausted(ImageJob job, int removals) => new(
        Reason.RemovalLimitExceeded,
        $"{Tags(removals)} would be removed from {job.Describe()}, more than what is left of spec.maxRemovals {limit}; the image was not changed further. {Remedy}");

    private const string Remedy = "Raise maxRemovals or correct the declaration.";

    private static string Tags(int number) => number == 1 ? "1 tag" : $"{number} tags";
}
