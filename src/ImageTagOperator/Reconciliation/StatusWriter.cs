using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageTagOperator.Entities;

namespace ImageTagOperator.Reconciliation;

/// <summary>Writes statuses, and notices what becomes of them: an API server drops fields that its definition does not know, and says nothing about
/// it. What it drops is remembered here, so that the next reconcile goes by the whole status and not each one is a write. Safe for concurrent
/// use.</summary>
public sealed partial class StatusWriter(IKubernetesClient kubernetes, ILogger<StatusWriter> logger)
{
    private readonly ConcurrentDictionary<string, (string Kept, ImageTagSetStatus Whole)> incomplete = new();
    private int told;

    /// <summary>Puts back what the API server dropped of the status that was written last.</summary>
    public void Complete(V1Alpha1ImageTagSet set)
    {
        if (incomplete.TryGetValue(set.Metadata.Uid!, out var last) && last.Kept == Json(set.Status)) set.Status = last.Whole;
    }

    /// <summary>Writes the status if it says anything new; gives back what the API server made of it.</summary>
    public async Task<V1Alpha1ImageTagSet> WriteAsync(V1Alpha1ImageTagSet set, ImageTagSetStatus status, string step, CancellationToken cancellationToken)
    {
        var (old, current) = (Json(set.Status), Json(status));
        if (current.Length > StatusBuilder.MostCharacters)
        {
            status = StatusBuilder.WithoutDetails(status);
            current = Json(status);
        }

        set.Status = status;
        if (current == old) return set;
        var stored = await Steps.During(step, kubernetes.UpdateStatusAsync(set, cancellationToken));
        Note(set, current, stored.Status);
        return stored;
    }

    public void Forget(V1Alpha1ImageTagSet set) => incomplete.TryRemove(set.Metadata.Uid!, out _);

    public static string Json(ImageTagSetStatus status) => JsonSerializer.Serialize(status, ImageTagSetJson.Default.ImageTagSetStatus);

    /// <summary>Nothing is missing of what the set answers for, without which it could not take back what it writes.</summary>
    public static bool IsOwnedTheSame(ImageTagSetStatus sent, ImageTagSetStatus kept)
    {
        return Owned(sent) == Owned(kept);

        static string Owned(ImageTagSetStatus status) => Json(new ImageTagSetStatus
        {
            CloudCredentialsRef = status.CloudCredentialsRef,
            Cloud = status.Cloud,
            ProjectId = status.ProjectId,
            Image = status.Image,
            Images = status.Images?.Select(image => image with { Name = null, Pending = null, Reason = null, Message = null }).ToArray(),
        });
    }

    private void Note(V1Alpha1ImageTagSet set, string sent, ImageTagSetStatus stored)
    {
        var kept = Json(stored);
        var dropped = sent == kept ? [] : Missing(JsonNode.Parse(sent), JsonNode.Parse(kept), "status").Distinct().ToArray();
        // What the set answers for must be where another process finds it.
        if (dropped.Length == 0 || !IsOwnedTheSame(set.Status, stored)) Forget(set);
        else incomplete[set.Metadata.Uid!] = (kept, set.Status);
        if (dropped.Length == 0) return;
        var fields = string.Join(", ", dropped);
        if (Interlocked.Exchange(ref told, 1) == 0) LogDropped(fields);
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
