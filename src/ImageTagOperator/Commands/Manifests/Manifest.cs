using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Yaml;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>An ImageTagSet in a file.</summary>
/// <param name="File">The file as the user named it; <c>-</c> is standard input.</param>
/// <param name="Path">The path in the document: the document itself, or <c>items[2]</c> in a list.</param>
/// <param name="Json">The object without null members, which an API server drops.</param>
internal sealed record Manifest(string File, YamlDocument Document, FieldPath Path, JsonObject Json)
{
    /// <summary><c>namespace/name</c>, or what is given of it.</summary>
    public string Name => Text("namespace") is { } @namespace ? $"{@namespace}/{Text("name")}" : Text("name") ?? "";

    /// <summary>The position, for messages about other manifests.</summary>
    public string Place => $"{File}, document {Document.Number}";

    /// <summary>The parsed set; null when it does not match the schema.</summary>
    public V1Alpha1ImageTagSet? Set { get; init; }

    public ManifestError Error(FieldPath field, string message) =>
        new(File, Document.Number, Document.LineOf(Path.Then(field)), Name, field.ToString(), message);

    /// <summary>The text of a scalar as written.</summary>
    public string? TextOf(FieldPath field) => Document.TextOf(Path.Then(field));

    private string? Text(string name) => (Json["metadata"] as JsonObject)?[name] is JsonValue value
        && value.TryGetValue<string>(out var text) ? text : null;
}
