using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Controllers;

/// <summary>Stores statuses in the cluster. An API server with an older CRD silently drops unknown fields. They are kept here in memory, so
/// that the next reconcile has the whole status and an unchanged one is not written again.</summary>
public sealed partial class KubernetesStatusStore(IKubernetesClient kubernetes, SetRegistry registry, ILogger<KubernetesStatusStore> logger)
    : IStatusStore
{
    private int isWarned;

    /// <summary>Restores the fields that the API server dropped from the last status written.</summary>
    public void RestoreDropped(V1Alpha1ImageTagSet set)
    {
        if (registry.Of(set).Memory.Dropped is { } last && last.Kept == StatusWriter.Json(set.Status)) set.Status = last.Whole;
    }

    public async Task<V1Alpha1ImageTagSet> SaveAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken)
    {
        var sent = set.Status;
        var stored = await kubernetes.UpdateStatusAsync(set, cancellationToken);
        var (whole, kept) = (StatusWriter.Json(sent), StatusWriter.Json(stored.Status));
        string[] dropped = whole == kept ? [] : [.. Missing(JsonNode.Parse(whole), JsonNode.Parse(kept), "status").Distinct()];
        // The managed tags must be stored where another process finds them.
        registry.Of(set).Memory.Dropped = dropped.Length > 0 && StatusWriter.HasSameOwnership(sent, stored.Status) ? (kept, sent) : null;
        if (dropped.Length > 0 && Interlocked.Exchange(ref isWarned, 1) == 0) LogDropped(string.Join(", ", dropped));
        return stored;
    }

    /// <summary>The paths of the fields that are in the first status and not in the second.</summary>
    private static IEnumerable<string> Missing(JsonNode? sent, JsonNode? kept, string path) => (sent, kept) switch
    {
        (JsonObject fields, JsonObject others) => fields.SelectMany(field => others.TryGetPropertyValue(field.Key, out var other)
            ? Missing(field.Value, other, $"{path}.{field.Key}")
            : [$"{path}.{field.Key}"]),
        (JsonArray items, JsonArray others) => items.Zip(others).SelectMany(pair => Missing(pair.First, pair.Second, path + "[]")),
        _ => [],
    };

    [LoggerMessage(1, LogLevel.Warning,
        "The cluster's CustomResourceDefinition imagetagsets.imagetags.io is of another version: the API server drops {Fields}. "
        + "'image-tag-operator check' names all that it lacks. Apply the right one: image-tag-operator crd | kubectl apply -f -")]
    private partial void LogDropped(string fields);
}
