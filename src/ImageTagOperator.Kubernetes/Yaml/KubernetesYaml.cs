using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ImageTagOperator.Kubernetes;

/// <summary>YAML to JSON and back, as kubectl does it.</summary>
public static class KubernetesYaml
{
    /// <summary>Block style, keys in the order of the node, multi-line strings as block scalars; ends with a newline.</summary>
    public static string Serialize(JsonNode node) => YamlWriter.Write(node);

    /// <summary>All documents of a stream; empty ones are left out.</summary>
    /// <param name="source">Named in errors, such as the file.</param>
    /// <exception cref="FormatException">Not YAML, or YAML that JSON cannot say. Names the source, line and column.</exception>
    public static IReadOnlyList<JsonNode> LoadAll(string yaml, string? source = null) => [.. LoadDocuments(yaml, source).Select(document => document.Json)];

    /// <inheritdoc cref="LoadAll"/>
    public static IReadOnlyList<YamlDocument> LoadDocuments(string yaml, string? source = null)
    {
        var prefix = source is null ? "" : source + ": ";
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException error)
        {
            throw new FormatException($"{prefix}line {error.Start.Line}, column {error.Start.Column}: {error.Message}", error);
        }

        var reader = new YamlReader(prefix);
        return
        [
            .. stream.Documents.Index()
                .Select(document => reader.Read(document.Item.RootNode) is { } json ? new YamlDocument(document.Index + 1, json, document.Item.RootNode) : null)
                .OfType<YamlDocument>(),
        ];
    }
}
