namespace ImageTagOperator.Kubernetes;

/// <summary>A Secret. Its text form shows the names of the keys and nothing else.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Secret", PluralName = "secrets")]
public sealed class V1Secret : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "v1";

    public string Kind { get; set; } = "Secret";

    public V1ObjectMeta Metadata { get; set; } = new();

    public string? Type { get; set; }

    /// <summary>The values, already decoded from base64.</summary>
    public IDictionary<string, byte[]>? Data { get; set; }

    /// <summary>Only for writing: the server turns it into <see cref="Data"/>.</summary>
    public IDictionary<string, string>? StringData { get; set; }

    public override string ToString() => $"Secret {this.Key()} ({string.Join(", ", Data?.Keys ?? [])})";
}
