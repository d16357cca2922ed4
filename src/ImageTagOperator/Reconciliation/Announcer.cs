using ImageTagOperator.Entities;

namespace ImageTagOperator.Reconciliation;

/// <summary>Tells people, in Events and in the log, how a reconcile went: only what is news, never the same once per interval.</summary>
public sealed partial class Announcer(EventPublisher publish, ILogger<Announcer> logger)
{
    /// <summary>What was done, and what can be done no more.</summary>
    public async Task ChangesAsync(V1Alpha1ImageTagSet set, ImageTagSetStatus before, Outcome outcome, CancellationToken cancellationToken)
    {
        var wasInOrder = StatusBuilder.IsInOrder(before, set.Metadata.Generation);
        if (outcome.Gone.Where(image => image.ManagedTags is { Count: > 0 }).ToArray() is [var first, ..] gone)
        {
            var more = gone.Length == 1 ? "" : $"; and {gone.Length - 1} more images";
            await TellAsync("ImageGone", $"Image {first.Id} was deleted, or is no longer shown to the credentials in use. This set managed {Listed(first.ManagedTags!)} on it{more}.");
        }

        if (outcome.LeftBehind is [var lost, ..])
        {
            var tags = string.Join("; ", outcome.LeftBehind.Select(image => $"{Listed(image.ManagedTags ?? [])} on image {image.Id}"));
            var message = $"These tags stay, for their images could not be reached for too long: {tags}. {lost.Message}";
            await publish(set, "TagsLeftBehind", message, EventType.Warning, cancellationToken);
        }

        if (outcome.Retained is [_, ..] retained)
        {
            var tags = string.Join("; ", retained.Select(image => $"{Listed(image.ManagedTags ?? [])} on image {image.Id}"));
            await TellAsync("TagsRetained", $"The spec means these images no longer, and the tags stay because spec.deletionPolicy is Retain: {tags}.");
        }

        foreach (var result in outcome.All)
        {
            var restored = wasInOrder ? result.Added.Intersect(result.Job.Claim.Managed).ToArray() : [];
            var added = result.Added.Except(restored).ToArray();
            if (added.Length > 0) await TellAsync("TagsAdded", $"Added {Listed(added)} to {result.Job.Describe()}.");
            if (restored.Length > 0) await TellAsync("TagsAdded", $"Put back {Listed(restored)}, which somebody had removed, on {result.Job.Describe()}.");
            if (result.Removed.Count > 0) await TellAsync("TagsRemoved", $"Removed {Listed(result.Removed)} from {result.Job.Describe()}.");
            if (result.Added.Count + result.Removed.Count > 0) LogChanged(set, result);
        }

        Task TellAsync(string reason, string message) => publish(set, reason, message, cancellationToken: cancellationToken);
    }

    /// <summary>An Event when a problem appears or becomes another, when more has drifted, and when all is well again: never one per
    /// interval.</summary>
    public async Task ReadyAsync(V1Alpha1ImageTagSet set, ImageTagSetStatus before, Outcome outcome, CancellationToken cancellationToken)
    {
        if (StatusBuilder.HasBecomeLasting(before, set.Status)) await publish(set, "StillFailing", StatusBuilder.Find(set.Status, "Reconciling")!.Message, EventType.Warning, cancellationToken);
        var (was, ready) = (StatusBuilder.Find(before, "Ready"), StatusBuilder.Find(set.Status, "Ready")!);
        var told = StatusBuilder.Told(before);
        if (told == ready.Reason && !StatusBuilder.DriftedFurther(before, set.Status)) return;
        if (ready.Status == "True" && was is { Status: "False" or "Unknown" })
        {
            await publish(set, "Recovered", ready.Message, cancellationToken: cancellationToken);
        }
        else if (ready.Status == "False" || ready.Reason == nameof(Reason.InternalError))
        {
            await publish(set, ready.Reason, ready.Message, EventType.Warning, cancellationToken);
            if (outcome.Worst is { } problem) LogProblem(set.Metadata.NamespaceProperty, set.Metadata.Name, problem.Reason.Name, problem.Message);
        }
    }

    /// <summary>One line in the log for each image that was changed.</summary>
    public void LogChanged(V1Alpha1ImageTagSet set, ImageResult result) =>
        LogChanged(set.Metadata.NamespaceProperty, set.Metadata.Name, result.Image.Id, Listed(result.Added), Listed(result.Removed));

    private static string Listed(IEnumerable<string> tags) => string.Join(", ", tags);

    [LoggerMessage(1, LogLevel.Information, "{Namespace}/{Name}: image {Image}: added [{Added}], removed [{Removed}]")]
    private partial void LogChanged(string? @namespace, string? name, string image, string added, string removed);

    [LoggerMessage(2, LogLevel.Warning, "{Namespace}/{Name}: {Reason}: {Message}")]
    private partial void LogProblem(string? @namespace, string? name, string reason, string message);
}
