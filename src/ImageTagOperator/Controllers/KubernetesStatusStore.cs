using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Controllers;

/// <summary>Keeps statuses in the cluster. An API server drops fields that its definition does not know, and says nothing about it. What it
/// drops is remembered here, so that the next reconcile goes by the whole status and not each one is a write.</summary>
public sealed partial class KubernetesStatusStore(IKubernetesClient kubernetes, SetRegistry registry, ILogger<KubernetesStatusStore> logger)
    : IStatusStore
{
    private int isTold;

    /// <summary>Puts back what the API server dropped of the status that was written last.</summary>
    public void Complete(V1Alpha1ImageTagSet set)
    {
        if (registry.Of(set).Memory.Dropped is { } last && last.Kept == StatusWriter.Json(set.Status)) set.Status = last.Whole;
    }

    public async Task<V1Alpha1ImageTagSet> SaveAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken)
    {
        var sent = set.Status;
        var stored = await kubernetes.UpdateStatusAsync(set, cancellationToken);
        var (whole, kept) = (StatusWriter.Json(sent), StatusWriter.Json(stored.Status));
        string[] dropped = whole == kept ? [] : [.. Missing(JsonNode.Parse(whole), JsonNode.Parse(kept), "status").Distinct()];
        // What the set owns must be where another process finds it.
        registry.Of(set).Memory.Dropped = dropped.Length > 0 && StatusWriter.IsOwnedTheSame(sent, stored.Status) ? (kept, sent) : null;
        if (dropped.Length > 0 && Interlocked.Exchange(ref isTold, 1) == 0) LogDropped(string.Join(", ", dropped));
        return stored;
    }

    /// <summary>The paths of what is in the first one and not in the second.</summary>
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
