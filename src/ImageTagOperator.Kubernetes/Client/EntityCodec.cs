using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Entities;
using ImageTagOperator.Kubernetes.Json;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>Converts objects of one type to JSON and back.</summary>
internal sealed partial class EntityCodec<TEntity>(JsonSerializerOptions json, ILogger logger)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    public byte[] Write(TEntity entity) => JsonSerializer.SerializeToUtf8Bytes(Complete(entity), json.TypeInfo<TEntity>());

    public TEntity Read(byte[] body) =>
        JsonSerializer.Deserialize(body, json.TypeInfo<TEntity>()) is { } entity
            ? Complete(entity)
            : throw new JsonException($"The API server answered null instead of a {EntityDefinition.Of<TEntity>().Kind}.");

    /// <summary>A deep copy.</summary>
    public TEntity Copy(TEntity entity) => Read(Write(entity));

    public bool SameStatus(TEntity left, TEntity right) => JsonNode.DeepEquals(Status(left), Status(right));

    /// <summary>Reads the items of a list. An item that does not fit its type is logged and does not stop the others.</summary>
    public void ReadItems(JsonElement list, List<TEntity> items, List<NamespacedName> unreadable)
    {
        // Go writes an empty list as null.
        if (!list.TryGetProperty("items", out var array) || array.ValueKind != JsonValueKind.Array) return;
        foreach (var item in array.EnumerateArray())
        {
            if (TryRead(item, out var entity)) items.Add(entity);
            else unreadable.Add(KeyOf(item));
        }
    }

    [SuppressMessage(
        "Design", "CA1031", Justification = "Whatever a converter or setter throws, one bad object must not stop the others; it is logged")]
    public bool TryRead(JsonElement item, [NotNullWhen(true)] out TEntity? entity)
    {
        try
        {
            entity = item.Deserialize(json.TypeInfo<TEntity>());
            if (entity?.Metadata is not { Name: not null }) throw new JsonException("it has no metadata.name");
            Complete(entity);
            return true;
        }
        catch (Exception error)
        {
            var key = KeyOf(item);
            LogUnreadable(logger, EntityDefinition.Of<TEntity>().Kind, key.Namespace, key.Name, error.Message);
        }

        entity = null;
        return false;
    }

    public static NamespacedName KeyOf(JsonElement item) => new(Metadata(item, "namespace"), Metadata(item, "name") ?? "");

    public static string? Metadata(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static TEntity Complete(TEntity entity)
    {
        if (string.IsNullOrEmpty(entity.ApiVersion)) entity.ApiVersion = EntityDefinition.Of<TEntity>().ApiVersion;
        if (string.IsNullOrEmpty(entity.Kind)) entity.Kind = EntityDefinition.Of<TEntity>().Kind;
        entity.Metadata ??= new();
        return entity;
    }

    private JsonNode? Status(TEntity entity) => JsonSerializer.SerializeToNode(entity, json.TypeInfo<TEntity>())?["status"];

    [LoggerMessage(1101, LogLevel.Error, "{Kind} {Namespace}/{Name} does not fit its type and is left out: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string kind, string? @namespace, string name, string reason);
}
