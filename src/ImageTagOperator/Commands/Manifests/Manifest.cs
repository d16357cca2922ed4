using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Yaml;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>An ImageTagSet as it stands in a file.</summary>
/// <param name="File">As the user named it; <c>-</c> is standard input.</param>
/// <param name="Path">Where in its document it is: the document itself, or <c>items[2]</c> in a list.</param>
/// <param name="Json">Without members that are null, which an API server drops.</param>
internal sealed record Manifest(string File, YamlDocument Document, FieldPath Path, JsonObject Json)
{
    /// <summary><c>namespace/name</c>, as far as it is given.</summary>
    public string Name => Text("namespace") is { } @namespace ? $"{@namespace}/{Text("name")}" : Text("name") ?? "";

    /// <summary>For messages about another manifest.</summary>
    public string Place => $"{File}, document {Document.Number}";

    /// <summary>Null unless it is as the schema has it.</summary>
    public V1Alpha1ImageTagSet? Set { get; init; }

    public ManifestError Error(FieldPath field, string message) =>
        new(File, Document.Number, Document.LineOf(Path.Then(field)), Name, field.ToString(), message);

    /// <summary>A single value as it was written.</summary>
    public string? TextOf(FieldPath field) => Document.TextOf(Path.Then(field));

    private string? Text(string name) => (Json["metadata"] as JsonObject)?[name] is JsonValue value
        && value.TryGetValue<string>(out var text) ? text : null;
}
