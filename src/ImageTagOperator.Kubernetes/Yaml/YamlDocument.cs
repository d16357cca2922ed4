using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace ImageTagOperator.Kubernetes.Yaml;

/// <summary>One document of a YAML stream, with the positions of its fields.</summary>
public sealed class YamlDocument
{
    private readonly YamlNode root;
    private readonly long linesBefore;

    /// <param name="linesBefore">The number of lines before the text that <paramref name="root"/> was read from.</param>
    internal YamlDocument(int number, JsonNode json, YamlNode root, long linesBefore) =>
        (Number, Json, this.root, this.linesBefore) = (number, json, root, linesBefore);

    /// <summary>The position in the stream, starting at 1; empty documents count.</summary>
    public int Number { get; }

    public JsonNode Json { get; }

    /// <summary>The line of a field, or of its nearest existing parent.</summary>
    public long LineOf(FieldPath path) => linesBefore + Find(path).Line;

    /// <summary>The text of a scalar as written; null when there is none at this path.</summary>
    public string? TextOf(FieldPath path) => Find(path) is (YamlScalarNode { Value: { } text }, _, true) ? text : null;

    private (YamlNode Node, long Line, bool IsThere) Find(FieldPath path)
    {
        var (node, line) = (root, root.Start.Line);
        foreach (var step in path.Steps)
        {
            switch (node, step)
            {
                case (YamlMappingNode map, string name) when map.Children.FirstOrDefault(
                    pair => (pair.Key as YamlScalarNode)?.Value == name) is { Key: { } key, Value: { } value }:
                    (node, line) = (value, key.Start.Line);     // a mapping starts below its key
                    break;
                case (YamlSequenceNode list, int index) when index < list.Children.Count:
                    (node, line) = (list.Children[index], list.Children[index].Start.Line);
                    break;
                default:
                    return (node, line, false);
            }
        }

        return (node, line, true);
    }
}
