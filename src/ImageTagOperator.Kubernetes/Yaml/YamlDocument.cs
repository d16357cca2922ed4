using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace ImageTagOperator.Kubernetes.Yaml;

/// <summary>One document of a YAML stream, which still knows where in the text everything stands.</summary>
public sealed class YamlDocument
{
    private readonly YamlNode root;
    private readonly long linesBefore;

    /// <param name="linesBefore">Lines of the text before that of which <paramref name="root"/> was read.</param>
    internal YamlDocument(int number, JsonNode json, YamlNode root, long linesBefore) =>
        (Number, Json, this.root, this.linesBefore) = (number, json, root, linesBefore);

    /// <summary>Its place in the stream, from 1 on; empty ones count.</summary>
    public int Number { get; }

    public JsonNode Json { get; }

    /// <summary>The line of a field, or of what is nearest to it and there.</summary>
    /// <param name="path">Such as <c>spec.tags[2]</c>.</param>
    public long LineOf(string path) => linesBefore + Find(path).Line;

    /// <summary>The text of a single value as it was written; null when there is none at this place.</summary>
    /// <param name="path">Such as <c>spec.tags[2]</c>.</param>
    public string? TextOf(string path) => Find(path) is (YamlScalarNode { Value: { } text }, _, true) ? text : null;

    private (YamlNode Node, long Line, bool IsThere) Find(string path)
    {
        var (node, line) = (root, root.Start.Line);
        foreach (var step in path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (node)
            {
                case YamlMappingNode map when map.Children.FirstOrDefault(
                    pair => (pair.Key as YamlScalarNode)?.Value == step) is { Key: { } key, Value: { } value }:
                    (node, line) = (value, key.Start.Line);     // a mapping begins below its key
                    break;
                case YamlSequenceNode list when int.TryParse(step.Trim('[', ']'), CultureInfo.InvariantCulture, out var index)
                    && index < list.Children.Count:
                    (node, line) = (list.Children[index], list.Children[index].Start.Line);
                    break;
                default:
                    return (node, line, false);
            }
        }

        return (node, line, true);
    }
}
