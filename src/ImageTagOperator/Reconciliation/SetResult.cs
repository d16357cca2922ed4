using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>The result of a reconcile of one set.</summary>
/// <param name="Plan">The plan; null when the images were not read.</param>
/// <param name="Images">The results of the images that the set applies to.</param>
/// <param name="Left">The results of the images that it leaves.</param>
/// <param name="Problem">A problem of the whole set, or null. Problems of single images are in their results.</param>
public sealed record SetResult(SetPlan? Plan, IReadOnlyList<ImageResult> Images, IReadOnlyList<ImageResult> Left, Problem? Problem)
{
    public static SetResult Suspended { get; } = new(null, [], [], null) { IsSuspended = true };

    public bool IsSuspended { get; private init; }

    public static SetResult Failed(Problem problem) => new(null, [], [], problem);

    /// <summary>The result of a plan that was not applied.</summary>
    public static SetResult Of(SetPlan plan) => new(
        plan,
        [.. plan.Images.Select(image => ImageResult.Untouched(image, image.Problem
            ?? ImageProblems.RefusalOf(image.Observed, image.Observed.Image, image.Share.Plan)))],
        [.. plan.Leaving.Select(image => ImageResult.Untouched(image))],
        plan.Blocked ?? plan.Observed.Problem);

    public IEnumerable<ImageResult> All => Images.Concat(Left);

    public bool ChangedAnything => All.Any(image => image.IsChanged);

    /// <summary>True when all images were read, so that their state is known.</summary>
    public bool IsVerified => Plan is null
        ? Problem is { Reason.ImagesWereRead: true }
        : !Plan.Observed.IsHandedOver && Plan.Unreached.Count == 0 && !Elsewhere.Any()
            && !All.Select(image => image.Problem).Append(Problem).Any(problem => problem?.Reason.Kind == ProblemKind.Retrying);

    /// <summary>The problem that decides the condition of the set, or null. An image that the set leaves counts only while it is retried: a
    /// deactivated one, for example, does not make the set fail.</summary>
    public Problem? Worst => Problem ?? Problem.Worst(
    [
        .. Images.Select(image => image.Problem),
        .. Left.Select(image => image.Problem).Where(problem => problem?.Reason.Kind == ProblemKind.Retrying),
        .. Elsewhere.Take(1).Select(CloudChangedProblem),
        .. (Plan?.Unreached ?? []).Take(1).Select(UnreachedProblem),
    ]);

    /// <summary>Images in a cloud that the credentials no longer reach.</summary>
    private IEnumerable<ImageState> Elsewhere => (Plan?.Observed.Left.Kept ?? []).Where(image => image.Reason == Reason.CloudChanged.Name);

    private Problem CloudChangedProblem(ImageState first)
    {
        var all = Plan!.Observed.Left.Kept.Count;
        return new Problem(
            Reason.CloudChanged, $"Image {first.Id}: {first.Message}{(all == 1 ? "" : $" It is the same for {all} images.")}");
    }

    private static Problem UnreachedProblem(ImageState image) => new(
        Reason.Transient,
        image.Leaving is null
            ? $"Image {image.Id} was not listed and cannot be asked for: {image.Message}"
            : $"Tags on image {image.Id} must still be removed, and the image cannot be reached: {image.Message}");
}
