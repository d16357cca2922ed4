using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>How a reconcile of one set ended.</summary>
/// <param name="Plan">What was to be done; null when it is not known how the images are.</param>
/// <param name="Images">One result for each image that the set applies to.</param>
/// <param name="Left">One for each image that it leaves.</param>
/// <param name="Problem">What is wrong with the whole set; problems of single images are in their results.</param>
public sealed record SetResult(SetPlan? Plan, IReadOnlyList<ImageResult> Images, IReadOnlyList<ImageResult> Left, Problem? Problem)
{
    public static SetResult Suspended { get; } = new(null, [], [], null) { IsSuspended = true };

    public bool IsSuspended { get; private init; }

    public static SetResult Failed(Problem problem) => new(null, [], [], problem);

    /// <summary>Nothing was written.</summary>
    public static SetResult Of(SetPlan plan) => new(
        plan,
        [.. plan.Images.Select(image => ImageResult.Untouched(image, image.Problem
            ?? ImageProblems.RefusalOf(image.Observed, image.Observed.Image, image.Share.Plan)))],
        [.. plan.Leaving.Select(image => ImageResult.Untouched(image))],
        plan.Blocked ?? plan.Observed.Problem);

    public IEnumerable<ImageResult> All => Images.Concat(Left);

    public bool ChangedAnything => All.Any(image => image.IsChanged);

    /// <summary>The cloud showed everything that it was asked for, so that it is known how the images are.</summary>
    public bool IsVerified => Plan is null
        ? Problem is { Reason.ImagesWereRead: true }
        : Plan.Unreached.Count == 0 && !Elsewhere.Any()
            && !All.Select(image => image.Problem).Append(Problem).Any(problem => problem?.Reason.Kind == ProblemKind.Retrying);

    /// <summary>The problem that speaks for the set. An image that is left counts only as long as it is tried again: one that was
    /// deactivated, say, is no reason to doubt the others.</summary>
    public Problem? Worst => Problem ?? Problem.Worst(
    [
        .. Images.Select(image => image.Problem),
        .. Left.Select(image => image.Problem).Where(problem => problem?.Reason.Kind == ProblemKind.Retrying),
        .. Elsewhere.Take(1).Select(HeldProblem),
        .. (Plan?.Unreached ?? []).Take(1).Select(UnreachedProblem),
    ]);

    /// <summary>Images in a cloud that the credentials lead to no more.</summary>
    private IEnumerable<ImageState> Elsewhere => (Plan?.Observed.Left.Kept ?? []).Where(image => image.Reason == Reason.CloudChanged.Name);

    private Problem HeldProblem(ImageState first)
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
