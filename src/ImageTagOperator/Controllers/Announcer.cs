using System.Globalization;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Controllers;

/// <summary>Reports the results of reconciles in Events and in the log. It only reports changes, never the same once per
/// interval.</summary>
public sealed partial class Announcer(EventPublisher publish, ILogger<Announcer> logger)
{
    /// <summary>Reports the changes to images, and the tags that could not be removed.</summary>
    public async Task ReportChangesAsync(
        V1Alpha1ImageTagSet set, ImageTagSetStatus before, SetResult result, CancellationToken cancellationToken)
    {
        var left = result.Plan?.Observed.Left ?? LeftImages.None;
        if (left.Gone.Where(image => image.ManagedTags is { Count: > 0 }).ToArray() is [var first, ..] gone)
        {
            var more = gone.Length == 1 ? "" : $"; and {gone.Length - 1} more images";
            await publish(
                set,
                "ImageGone",
                $"Image {first.Id} was deleted, or is no longer shown to the credentials in use. This set managed "
                    + $"{Listed(first.ManagedTags!)} on it{more}.",
                cancellationToken: cancellationToken);
        }

        if (result.Plan?.LeftBehind is [var lost, ..] leftBehind)
        {
            var message = $"These tags stay, for their images could not be reached for too long: {TagsOf(leftBehind)}. {lost.Message}";
            await publish(set, "TagsLeftBehind", message, EventType.Warning, cancellationToken);
        }

        if (left.Retained is [_, ..] retained)
        {
            var message = "The spec means these images no longer, and the tags stay because spec.deletionPolicy is Retain: "
                + $"{TagsOf(retained)}.";
            await publish(set, "TagsRetained", message, cancellationToken: cancellationToken);
        }

        var wasInOrder = before.History().IsInSync(set.Metadata.Generation);
        foreach (var image in result.All)
        {
            var restored = wasInOrder ? image.Added.Intersect(image.Observed.Claim.Managed).ToArray() : [];
            await ReportTagsAsync(set, "TagsAdded", "Added {0} to {1}.", [.. image.Added.Except(restored)], image, cancellationToken);
            await ReportTagsAsync(
                set, "TagsAdded", "Put back {0}, which somebody had removed, on {1}.", restored, image, cancellationToken);
            await ReportTagsAsync(set, "TagsRemoved", "Removed {0} from {1}.", image.Removed, image, cancellationToken);
            if (image.IsChanged) LogChanged(set, image);
        }
    }

    /// <summary>Reports the changes to the images of a deleted set.</summary>
    public async Task ReportReleaseAsync(V1Alpha1ImageTagSet set, SetResult result, CancellationToken cancellationToken)
    {
        foreach (var image in result.Left.Where(image => image.IsChanged))
        {
            LogChanged(set, image);
            await ReportTagsAsync(set, "TagsAdded", "Brought back {0} to {1}.", image.Added, image, cancellationToken);
            await ReportTagsAsync(set, "TagsRemoved", "Removed {0} from {1}.", image.Removed, image, cancellationToken);
        }
    }

    /// <summary>Reports when a problem appears or changes, when there is more drift, and when the set has recovered.</summary>
    public async Task ReportReadyAsync(
        V1Alpha1ImageTagSet set, ImageTagSetStatus before, SetResult result, CancellationToken cancellationToken)
    {
        var (old, current) = (before.History(), set.Status.History());
        if (current.IsLasting && !old.IsLasting)
        {
            await publish(set, "StillFailing", current.Find(Condition.Reconciling)!.Message, EventType.Warning, cancellationToken);
        }

        var (was, ready) = (old.Find(Condition.Ready), current.Find(Condition.Ready)!);
        if (ready.Status == "True" && was is { } problem && IsProblem(problem))
        {
            LogRecovered(set.Metadata.NamespaceProperty, set.Metadata.Name, problem.Reason, ready.Message);
        }

        if (old.AnnouncedReason == ready.Reason && !StatusBuilder.DriftedFurther(before, set.Status)) return;
        if (ready.Status == "True" && was is { Status: "False" or "Unknown" })
        {
            await publish(set, "Recovered", ready.Message, cancellationToken: cancellationToken);
        }
        else if (ready.Status == "False" || ready.Reason == nameof(Reason.InternalError))
        {
            await publish(set, ready.Reason, ready.Message, EventType.Warning, cancellationToken);
            if (result.Worst is { } worst) LogProblem(
                set.Metadata.NamespaceProperty, set.Metadata.Name, worst.Reason.Name, worst.Message);
        }
    }

    private Task ReportTagsAsync(
        V1Alpha1ImageTagSet set, string reason, string format, IReadOnlyList<string> tags, ImageResult image,
            CancellationToken cancellationToken)
    {
        if (tags.Count == 0) return Task.CompletedTask;
        var message = string.Format(CultureInfo.InvariantCulture, format, Listed(tags), image.Observed.Description);
        return publish(set, reason, message, cancellationToken: cancellationToken);
    }

    /// <summary>A problem that the log has a line of, unlike suspended sets and those with writes in progress.</summary>
    private static bool IsProblem(Condition ready) => ready.Status == "False"
        || (ready.Status == "Unknown" && ready.Reason is not (nameof(Verdict.Progressing) or nameof(Verdict.Suspended)));

    private void LogChanged(V1Alpha1ImageTagSet set, ImageResult image) => LogChanged(
        set.Metadata.NamespaceProperty, set.Metadata.Name, image.Image.Name is { Length: > 0 } name ? name : "unnamed", image.Image.Id,
            Listed(image.Added), Listed(image.Removed));

    private static string TagsOf(IEnumerable<ImageState> images) =>
        string.Join("; ", images.Select(image => $"{Listed(image.ManagedTags ?? [])} on image {image.Id}"));

    private static string Listed(IEnumerable<string> tags) => string.Join(", ", tags);

    [LoggerMessage(1, LogLevel.Information, "{Namespace}/{Name}: image {ImageName} ({Image}): added [{Added}], removed [{Removed}]")]
    private partial void LogChanged(string? @namespace, string? name, string imageName, string image, string added, string removed);

    [LoggerMessage(2, LogLevel.Warning, "{Namespace}/{Name}: {Reason}: {Message}")]
    private partial void LogProblem(string? @namespace, string? name, string reason, string message);

    [LoggerMessage(5, LogLevel.Information, "{Namespace}/{Name}: recovered from {Reason}: {Message}")]
    private partial void LogRecovered(string? @namespace, string? name, string reason, string message);
}
