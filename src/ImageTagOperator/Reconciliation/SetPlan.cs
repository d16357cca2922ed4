using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Guards;

namespace ImageTagOperator.Reconciliation;

/// <summary>The plan for all images of a set.</summary>
/// <param name="Images">The images that the set applies to.</param>
/// <param name="Leaving">The images that it leaves.</param>
/// <param name="Removals">The limit on removals, shared by all images.</param>
public sealed record SetPlan(
    Observation Observed, IReadOnlyList<PlannedImage> Images, IReadOnlyList<PlannedImage> Leaving, RemovalBudget Removals)
{
    /// <summary>Why the plan is not applied; or null.</summary>
    public Problem? Blocked { get; init; }

    /// <summary>True when images with tags to remove were unreachable for longer than the deletion deadline.</summary>
    public bool HasGivenUp { get; init; }

    public IEnumerable<PlannedImage> All => Images.Concat(Leaving);

    public bool HasWork => All.Any(image => image.Problem is null && !image.Share.Writes(image.IsHeld).IsEmpty);

    /// <summary>Unreachable images that still have tags of the set and are retried.</summary>
    public IReadOnlyList<ImageState> Unreached => [.. Observed.Left.Unreached.Where(image => !IsGivenUp(image))];

    /// <summary>Unreachable images that are no longer retried. Their tags stay.</summary>
    public IReadOnlyList<ImageState> LeftBehind => [.. Observed.Left.Unreached.Where(IsGivenUp)];

    /// <summary>True when the current credentials reach all images.</summary>
    public bool IsReached => Unreached.Count == 0 && Observed.IsByCurrentCredentials;

    private bool IsGivenUp(ImageState image) => HasGivenUp && image.Leaving is not null;
}
