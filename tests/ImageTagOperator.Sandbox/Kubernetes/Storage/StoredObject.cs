using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>One revision of one object. Immutable, so that watches and lists share it without copies.</summary>
internal sealed class StoredObject
{
    public StoredObject(JsonObject json, long version)
    {
        Version = version;
        Utf8 = json.ToUtf8();
        Namespace = json.Text("metadata", "namespace") ?? "";
        Name = json.Text("metadata", "name") ?? "";
        ApiVersion = json.Text("apiVersion") ?? "";
        Uid = json.Text("metadata", "uid") ?? "";
        Labels = json.At("metadata", "labels") is JsonObject labels
            ? labels.ToDictionary(label => label.Key, label => label.Value.Text() ?? "")
            : [];
    }

    /// <summary>The resourceVersion in <see cref="Utf8"/>.</summary>
    public long Version { get; }

    public byte[] Utf8 { get; }

    public string Namespace { get; }

    public string Name { get; }

    public string ApiVersion { get; }

    public string Uid { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>The sort key in lists: an API server sorts by its storage keys.</summary>
    public string Key => KeyOf(Namespace, Name);

    public static string KeyOf(string ns, string name) => ns.Length == 0 ? name : $"{ns}/{name}";

    /// <summary>A new copy for each caller.</summary>
    public JsonObject ToJson() => JsonNode.Parse(Utf8)!.AsObject();
}
