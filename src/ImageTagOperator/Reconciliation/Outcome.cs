using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;

namespace ImageTagOperator.Reconciliation;

/// <summary>How a reconcile of one set ended.</summary>
/// <param name="Images">One result for each image that the set applies to; null when that is not known.</param>
/// <param name="Departed">One for each image that it no longer applies to and that had tags to give up.</param>
/// <param name="Access">The cloud that the images are in, and as whom they were reached; null when that is not known.</param>
/// <param name="Problem">What is wrong with the whole set; problems of single images are in their results.</param>
public sealed record Outcome(IReadOnlyList<ImageResult>? Images, IReadOnlyList<ImageResult> Departed, CloudAccess? Access, Problem? Problem)
{
    public bool IsSuspended { get; private init; }

    /// <summary>When the cloud showed what this goes by; null: now.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>The cloud showed everything that it was asked for, so that it is known how the images are.</summary>
    public bool IsVerified => Images is null
        ? Problem is { Reason.IsSeen: true }
        : Unreached.Count == 0 && !Kept.Any(IsElsewhere)
            && !All.Select(result => result.Problem).Append(Problem).Any(problem => problem?.Reason.Kind == ProblemKind.Retrying);

    public static Outcome Suspended { get; } = new(null, [], null, null) { IsSuspended = true };

    public static Outcome Failed(Problem problem) => new(null, [], null, problem);

    public IEnumerable<ImageResult> All => (Images ?? []).Concat(Departed);

    public bool ChangedAnything => All.Any(result => result.Added.Count + result.Removed.Count > 0);

    /// <summary>The problem that speaks for the set: the first one that a person must act on, else the first one. An image that is on its way
    /// out counts only as long as it is tried again: one that was deactivated, say, is no reason to doubt the others.</summary>
    public Problem? Worst => Problem ?? (Images ?? []).Select(result => result.Problem)
        .Concat(Departed.Select(result => result.Problem).Where(problem => problem?.Reason.Kind == ProblemKind.Retrying))
        .Concat(Kept.Where(IsElsewhere).Take(1).Select(HeldProblem))
        .Concat(Unreached.Take(1).Select(UnreachedProblem))
        .OfType<Problem>().OrderBy(problem => problem.Reason.Kind).FirstOrDefault();

    /// <summary>Images that the set had tags on and that the cloud does not show any more.</summary>
    public IReadOnlyList<ImageState> Gone { get; init; } = [];

    /// <summary>Images that still have tags of the set, in a cloud that cannot be reached.</summary>
    public IReadOnlyList<ImageState> Unreached { get; init; } = [];

    /// <summary>Those of which that was so for too long.</summary>
    public IReadOnlyList<ImageState> LeftBehind { get; init; } = [];

    /// <summary>Images whose tags stay the set's, although it does not find them or nothing has taken their place.</summary>
    public IReadOnlyList<ImageState> Kept { get; init; } = [];

    /// <summary>Images that the spec lets go and whose tags stay, as <c>deletionPolicy</c> says.</summary>
    public IReadOnlyList<ImageState> Retained { get; init; } = [];

    /// <summary>The ids of images that the cloud shows in a way that cannot be read, and that a selector may mean.</summary>
    public IReadOnlyList<string> Odd { get; init; } = [];

    /// <summary>Nothing was written, on purpose.</summary>
    public bool IsHeld { get; init; }

    private static bool IsElsewhere(ImageState image) => image.Reason == Reason.CloudChanged.Name;

    private Problem HeldProblem(ImageState first)
    {
        var more = Kept.Count == 1 ? "" : $" So it is with {Kept.Count} images.";
        return new Problem(Reason.CloudChanged, $"Image {first.Id}: {first.Message}{more}");
    }

    private static Problem UnreachedProblem(ImageState image) => new(
        Reason.Transient,
        image.Leaving is null
            ? $"Image {image.Id} was not listed and cannot be asked for: {image.Message}"
            : $"Tags on image {image.Id} have still to go, and it cannot be reached: {image.Message}");
}
