using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The state that all readers and writers of objects share.</summary>
internal sealed class Cluster(TimeProvider time)
{
    private const string NameAlphabet = "bcdfghjklmnpqrstvwxz2456789";

    // Names and uids are the same in every run, so that failures can be reproduced.
    private readonly Random random = new(1);

    public ObjectStore Store { get; } = new();

    public ResourceRegistry Registry { get; } = new();

    public DateTimeOffset Now => time.GetUtcNow();

    public string Timestamp => Timestamps.Format(Now);

    /// <summary>Requires the store's gate.</summary>
    public string NewUid()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        bytes[7] = (byte)(bytes[7] & 0x0f | 0x40);
        bytes[8] = (byte)(bytes[8] & 0x3f | 0x80);
        return new Guid(bytes).ToString();
    }

    /// <summary>Requires the store's gate.</summary>
    public string NewName(string prefix) => prefix + new string(random.GetItems<char>(NameAlphabet, 5));

    /// <summary>Converts the object to the version of <paramref name="resource"/>.</summary>
    public static JsonObject Show(ResourceDefinition resource, StoredObject stored)
    {
        var json = stored.ToJson();
        if (stored.ApiVersion != resource.ApiVersion) resource.Rules.Convert(json, resource);
        return json;
    }

    public StoredObject Require(ResourceDefinition resource, string ns, string name) =>
        Store.Find(resource.StorageKey, ns, name) ?? throw Refusals.NotFound(resource, name);
}
