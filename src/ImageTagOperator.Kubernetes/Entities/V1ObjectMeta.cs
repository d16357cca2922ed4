using System.Text.Json.Serialization;

namespace ImageTagOperator.Kubernetes;

/// <summary>The part of ObjectMeta (Kubernetes API reference, meta/v1) that a controller reads or writes.</summary>
public sealed class V1ObjectMeta
{
    public string? Name { get; set; }

    /// <summary>The server makes the name from this and a random suffix when <see cref="Name"/> is empty.</summary>
    public string? GenerateName { get; set; }

    /// <summary>Null for objects of the whole cluster.</summary>
    public string? Namespace { get; set; }

    /// <summary>Tells an object from a later one of the same name.</summary>
    public string? Uid { get; set; }

    /// <summary>Changes with every write. Sent back with a write, it makes the server answer 409 if somebody else wrote
    /// meanwhile.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>Changes when the spec changes, or when deletion begins; not with the status, labels or annotations.</summary>
    public long? Generation { get; set; }

    [JsonConverter(typeof(Rfc3339SecondsConverter))]
    public DateTimeOffset? CreationTimestamp { get; set; }

    /// <summary>Set by the server when deletion was asked for; the object goes when the last finalizer is removed.</summary>
    [JsonConverter(typeof(Rfc3339SecondsConverter))]
    public DateTimeOffset? DeletionTimestamp { get; set; }

    public IDictionary<string, string>? Labels { get; set; }

    public IDictionary<string, string>? Annotations { get; set; }

    public IList<string>? Finalizers { get; set; }

    public IList<V1OwnerReference>? OwnerReferences { get; set; }
}
