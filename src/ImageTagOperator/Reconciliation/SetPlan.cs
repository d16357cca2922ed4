using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Guards;

namespace ImageTagOperator.Reconciliation;

/// <summary>What is to be done for a set.</summary>
/// <param name="Images">On the images that it applies to.</param>
/// <param name="Leaving">On those that it leaves.</param>
/// <param name="Removals">What may be removed; the images share it.</param>
public sealed record SetPlan(
    Observation Observed, IReadOnlyList<PlannedImage> Images, IReadOnlyList<PlannedImage> Leaving, RemovalBudget Removals)
{
    /// <summary>Why nothing of it is done; or null.</summary>
    public Problem? Blocked { get; init; }

    /// <summary>Images that have tags to give up could not be reached for so long that they are given up.</summary>
    public bool HasGivenUp { get; init; }

    public IEnumerable<PlannedImage> All => Images.Concat(Leaving);

    public bool HasWork => All.Any(image => image.Problem is null && !image.Share.Plan.IsEmpty);

    /// <summary>Images that still have tags of the set, in a cloud that cannot be reached.</summary>
    public IReadOnlyList<ImageState> Unreached => [.. Observed.Left.Unreached.Where(image => !IsGivenUp(image))];

    /// <summary>Those of which that was so for too long.</summary>
    public IReadOnlyList<ImageState> LeftBehind => [.. Observed.Left.Unreached.Where(IsGivenUp)];

    /// <summary>All images are reached with this session.</summary>
    public bool IsReachedBy(CloudSession session) =>
        Unreached.Count == 0 && Observed.Left.Kept.Count == 0 && Leaving.All(image => image.Observed.By.Session == session);

    private bool IsGivenUp(ImageState image) => HasGivenUp && image.Leaving is not null;
}
