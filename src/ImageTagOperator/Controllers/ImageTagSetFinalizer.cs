using System.Diagnostics.CodeAnalysis;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Controllers;

/// <summary>Removes the managed tags of a deleted set from its images, or does what its <c>deletionPolicy</c> says. Gives up after
/// <see cref="OperatorOptions.DeletionDeadline"/>, so that an unreachable cloud never blocks the deletion of a namespace. It gives up
/// sooner when the operator is deleted with the namespace.</summary>
public sealed partial class ImageTagSetFinalizer(
    SetReconciler reconciler,
    EventPublisher publish,
    Announcer announcer,
    OperatorOptions options,
    OperatorState state,
    TimeProvider time,
    ILogger<ImageTagSetFinalizer> logger) : IEntityFinalizer<V1Alpha1ImageTagSet>
{
    /// <summary>Constant instead of exponential: the deadline is near, and the cloud may have been down for long before the
    /// deletion.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    public async Task<ReconciliationResult<V1Alpha1ImageTagSet>> FinalizeAsync(
        V1Alpha1ImageTagSet entity, CancellationToken cancellationToken)
    {
        var images = (entity.Status.Images ?? []).Where(image => image.ManagedTags is { Count: > 0 } || image.OriginalTags is not null)
            .ToArray();
        if (images.Length == 0) return Done(entity);
        if (WhyTagsStay(entity.Spec) is { } why)
        {
            await publish(entity, "TagsRetained", $"The tags stay on {Images(images)}: {why}.", cancellationToken: cancellationToken);
            return Done(entity);
        }

        var left = images.ToLookup(image => KeyOf(entity, image), image => image.ManagedTags ?? [])
            .ToDictionary(same => same.Key, IReadOnlyList<string> (same) => [.. same.SelectMany(tags => tags).Distinct()]);
        var deadline = Deadline(entity);
        var problem = await ReleaseByAsync(deadline, entity, left, cancellationToken);
        if (problem is null) return Done(entity);

        var remaining = deadline - time.GetUtcNow();
        if (remaining > TimeSpan.Zero)
        {
            var pause = problem.RetryAfter > Pause ? problem.RetryAfter.Value : Pause;
            return ReconciliationResult<V1Alpha1ImageTagSet>.Failure(
                entity, problem.Message, requeueAfter: pause < remaining ? pause : remaining) with { Reason = problem.Reason.Name };
        }

        // Events cannot be created in a terminating namespace, so the log may be the only report.
        var tags = string.Join(
            "; ", left.Where(image => image.Value.Count > 0).Select(image => $"{string.Join(", ", image.Value)} on image {image.Key.Id}"));
        if (tags.Length == 0) tags = "none";
        LogLeftBehind(entity.Metadata.NamespaceProperty, entity.Metadata.Name, tags, problem.Message);
        await publish(entity, "TagsLeftBehind",
            $"Gave up after {options.DeletionDeadline.TotalSeconds:0} s. These tags stay: {tags}. {problem.Message}", EventType.Warning,
            cancellationToken);
        return Done(entity);
    }

    private DateTimeOffset Deadline(V1Alpha1ImageTagSet set)
    {
        var deadline = (set.Metadata.DeletionTimestamp ?? time.GetUtcNow()) + options.DeletionDeadline;
        return state.FinalizationDeadline(set.Metadata.NamespaceProperty) is { } end && end < deadline ? end : deadline;
    }

    /// <summary>Releases the tags. After the deadline, any exception ends the attempt.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A bug must not keep a namespace from going; it is logged")]
    private async Task<Problem?> ReleaseByAsync(
        DateTimeOffset deadline, V1Alpha1ImageTagSet set, Dictionary<(string? Cloud, string Id), IReadOnlyList<string>> left,
            CancellationToken cancellationToken)
    {
        try
        {
            return await Steps.During(Steps.Release, ReleaseInTimeAsync(set, left, cancellationToken));
        }
        catch (Exception error) when (time.GetUtcNow() >= deadline && !cancellationToken.IsCancellationRequested)
        {
            LogFailed(error, set.Metadata.NamespaceProperty, set.Metadata.Name);
            return Problems.Unforeseen(error);
        }
    }

    private async Task<Problem?> ReleaseInTimeAsync(
        V1Alpha1ImageTagSet set, Dictionary<(string? Cloud, string Id), IReadOnlyList<string>> left, CancellationToken cancellationToken)
    {
        if (state.FinalizationDeadline(set.Metadata.NamespaceProperty) is not { } end)
        {
            return await ReleaseAsync(set, left, cancellationToken);
        }

        var rest = end - time.GetUtcNow();
        using var late = new CancellationTokenSource(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await ReleaseAsync(set, left, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Problem(Reason.Transient, "The cloud did not answer before the operator had to end.");
        }
    }

    /// <param name="left">For each image, the tags that remain to be removed, as far as known.</param>
    private async Task<Problem?> ReleaseAsync(
        V1Alpha1ImageTagSet set, Dictionary<(string? Cloud, string Id), IReadOnlyList<string>> left, CancellationToken cancellationToken)
    {
        var result = await reconciler.ReleaseAsync(set, cancellationToken);
        foreach (var image in result.Plan!.Observed.Left.Gone) left.Remove(KeyOf(set, image));
        foreach (var image in result.Left)
        {
            var known = Location.Find(set.Status, image.Image.Id, image.Observed.By.Cloud)!;
            left[KeyOf(set, known)] = [.. image.Plan.Removes, .. image.Share.PendingHandovers.Keys];
        }

        await announcer.ReportReleaseAsync(set, result, cancellationToken);
        return result.Problem
            ?? result.Left.Select(image => image.Problem)
                .FirstOrDefault(problem => problem is not null && problem.Reason != Reason.ImageNotFound)
            ?? result.Left.Select(image => ImageProblems.WaitingFor(image.Observed, image.Share))
                .FirstOrDefault(problem => problem is not null);
    }

    private static string? WhyTagsStay(ImageTagSetSpec spec) => spec switch
    {
        { DeletionPolicy: TagDeletionPolicy.Retain } => "spec.deletionPolicy is Retain",
        { Mode: TagSetMode.Observe } => "spec.mode is Observe, so nothing is written to the cloud",
        { Suspend: true } => "spec.suspend is true, so nothing is written to the cloud",
        _ => null,
    };

    /// <summary>Two clouds can have images with the same id.</summary>
    private static (string? Cloud, string Id) KeyOf(V1Alpha1ImageTagSet set, ImageState image) => (Location.Of(set, image).Cloud, image.Id);

    private static string Images(IReadOnlyList<ImageState> images) => images.Count == 1 ? $"image {images[0].Id}"
        : $"{images.Count} images";

    private static ReconciliationResult<V1Alpha1ImageTagSet> Done(V1Alpha1ImageTagSet set) =>
        ReconciliationResult<V1Alpha1ImageTagSet>.Success(set);

    [LoggerMessage(4, LogLevel.Error, "{Namespace}/{Name}: its tags could not be taken back before the deadline")]
    private partial void LogFailed(Exception error, string? @namespace, string? name);

    [LoggerMessage(3, LogLevel.Warning, "{Namespace}/{Name}: gave up; these tags stay: {Tags}. {Message}")]
    private partial void LogLeftBehind(string? @namespace, string? name, string tags, string message);
}
