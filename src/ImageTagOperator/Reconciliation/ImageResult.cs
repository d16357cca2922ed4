using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>How it went with one image.</summary>
/// <param name="Image">As it was last read.</param>
/// <param name="Share">What is still to be done.</param>
/// <param name="Added">Tags that were added: seen on the image, or at least acknowledged where it could not be read again.</param>
/// <param name="Removed">Tags that were removed, likewise.</param>
public sealed record ImageResult(ImageJob Job, Image Image, ImageShare Share, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, Problem? Problem)
{
    /// <summary>What is still to be written.</summary>
    public TagPlan Plan => Share.Plan;

    /// <summary>What was to be written when the image was first looked at.</summary>
    public required TagPlan Planned { get; init; }

    /// <summary>Nothing was done yet.</summary>
    public static ImageResult Untouched(ImageJob job, Problem? problem = null)
    {
        var share = job.ShareOf(job.Image);
        return new ImageResult(job, job.Image, share, [], [], problem ?? ConflictOf(job, share)) { Planned = share.Plan };
    }

    /// <summary>The problem that another set excludes this one, or null.</summary>
    public static Problem? ConflictOf(ImageJob job, ImageShare share)
    {
        if (share.Winner is not { } winner) return null;
        var why = winner.OwnsImage && !share.Claim.OwnsImage ? "uses credentials of the project that owns" : "is older and also claims";
        var (name, it) = NameOf(job, winner.Owner);
        return new Problem(
            Reason.Conflict,
            $"{name} {why} {job.Describe()}, and one of the two has policy Exact, which shares with nobody. "
            + $"Delete one of them, merge their tags, or make both Additive. This set takes over when {it} goes.");
    }

    /// <summary>Of a set of another namespace no more than the namespace.</summary>
    internal static (string Name, string It) NameOf(ImageJob job, string owner)
    {
        var ofIt = owner[..Math.Max(0, owner.IndexOf('/'))];
        var isOurs = ofIt == (job.Set.Key.Namespace ?? "");
        return isOurs ? ($"ImageTagSet {owner}", owner) : ($"An ImageTagSet of namespace {ofIt}", "that one");
    }
}
