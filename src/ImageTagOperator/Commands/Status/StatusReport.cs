using System.Text.Json.Serialization;
using ImageTagOperator.Entities;

namespace ImageTagOperator.Commands.Status;

/// <summary>The output of <c>status</c> for one set, for programs; documented in docs/cli.md.</summary>
internal sealed record SetStatus(
    string Namespace, string Name, string Ready, string? Reason, string? Message, string Policy, string Mode, int? ImageCount,
        int? TagCount,
    DateTimeOffset? LastSyncTime, DateTimeOffset? LastVerifiedTime, IReadOnlyList<ImageStatus> Images)
{
    /// <summary>Changes that were not made, over all images.</summary>
    [JsonIgnore]
    public IEnumerable<string> Pending => Images.SelectMany(image => image.Pending);

    /// <param name="set">The set from the cluster.</param>
    public static SetStatus Of(V1Alpha1ImageTagSet set)
    {
        var ready = set.Status.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        var isCurrent = set.Status.ObservedGeneration == set.Metadata.Generation;
        return new SetStatus(
            set.Metadata.NamespaceProperty ?? "",
            set.Metadata.Name ?? "",
            ready is null || !isCurrent ? "Unknown" : ready.Status,
            ReasonOf(ready, isCurrent),
            ready is null ? "No operator has looked at it yet." : isCurrent ? ready.Message
                : "No operator has looked at the latest edit yet.",
            set.Spec.Policy.ToString(),
            set.Spec.Mode.ToString(),
            set.Status.ImageCount,
            set.Status.TagCount,
            set.Status.LastSyncTime,
            set.Status.LastVerifiedTime,
            [.. (set.Status.Images ?? []).Select(image =>
                new ImageStatus(image.Id, image.Name, image.ManagedTags ?? [], image.Pending?.Add ?? [], image.Pending?.Remove ?? [],
                image.Reason, image.Message))]);
    }

    private static string? ReasonOf(V1Condition? ready, bool isCurrent)
    {
        if (ready is null) return CommandReason.NotSeenYet;
        return isCurrent ? ready.Reason : CommandReason.OutOfDate;
    }
}

internal sealed record ImageStatus(
    string Id, string? Name, IReadOnlyList<string> ManagedTags, IReadOnlyList<string> PendingAdd, IReadOnlyList<string> PendingRemove,
        string? Reason, string? Message)
{
    [JsonIgnore]
    public IEnumerable<string> Pending => PendingAdd.Select(tag => "+" + tag).Concat(PendingRemove.Select(tag => "-" + tag));
}
