using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ImageTagOperator.Kubernetes.Yaml;

/// <summary>YAML to JSON and back, as kubectl does it.</summary>
public static class KubernetesYaml
{
    /// <summary>Block style, keys in the order of the node, multi-line strings as block scalars; ends with a newline.</summary>
    public static string Serialize(JsonNode node) => YamlWriter.Write(node);

    /// <summary>All documents of a stream; empty ones are left out.</summary>
    /// <param name="source">Named in errors, such as the file.</param>
    /// <exception cref="FormatException">Not YAML, or YAML that JSON cannot say. Names the source, line and column.</exception>
    public static IReadOnlyList<JsonNode> LoadAll(string yaml, string? source = null) =>
        [.. LoadDocuments(yaml, source).Select(document => document.Json)];

    /// <inheritdoc cref="LoadAll"/>
    public static IReadOnlyList<YamlDocument> LoadDocuments(string yaml, string? source = null)
    {
        var prefix = source is null ? "" : source + ": ";
        var documents = new List<YamlDocument>();
        var number = 0;
        // JSON documents back to back, as jq writes them, are no YAML; kubectl reads them.
        foreach (var (text, linesBefore) in JsonStream.Split(yaml.TrimStart('\uFEFF')))
        {
            var reader = new YamlReader(prefix);
            foreach (var document in Load(text, prefix, linesBefore).Documents)
            {
                number++;
                if (reader.Read(document.RootNode) is { } json) documents.Add(
                    new YamlDocument(number, json, document.RootNode, linesBefore));
            }
        }

        return documents;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever the parser throws, the text is what is wrong")]
    private static YamlStream Load(string yaml, string prefix, long linesBefore)
    {
        var stream = new YamlStream();
        var scanner = new Scanner(new StringReader(yaml));
        try
        {
            stream.Load(new ShallowParser(new Parser(scanner)));
            return stream;
        }
        catch (YamlException error)
        {
            var (line, column) = PlaceOf(error, yaml);
            throw new FormatException($"{prefix}line {linesBefore + line}, column {column}: {error.Message}", error);
        }
        catch (Exception error)
        {
            // YamlDotNet says so of a '{' or '[' that is never closed, for one.
            var at = scanner.CurrentPosition;
            throw new FormatException(
                $"{prefix}line {linesBefore + at.Line}, column {at.Column}: not valid YAML; look for a bracket or a quote that is not "
                + "closed above it", error);
        }
    }

    /// <summary>That a key has no colon, the scanner notices at what comes next, which is on a later line.</summary>
    private static (long Line, long Column) PlaceOf(YamlException error, string yaml)
    {
        var before = yaml.Split('\n').Take((int)error.Start.Line - 1).ToArray();
        var line = Array.FindLastIndex(before, static text => text.AsSpan().TrimStart() is [not '#', ..]);
        return line >= 0 && error.Message.Contains("could not find expected ':'", StringComparison.Ordinal)
            ? (line + 1, before[line].Length - before[line].TrimStart().Length + 1) : (error.Start.Line, error.Start.Column);
    }
}
