using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ImageTagOperator.Kubernetes.Yaml;

/// <summary>Converts YAML to JSON and back, as kubectl does.</summary>
public static class KubernetesYaml
{
    /// <summary>Writes block style with the keys in the order of the node and multi-line strings as block scalars. Ends with a line
    /// break.</summary>
    public static string Serialize(JsonNode node) => YamlWriter.Write(node);

    /// <summary>Reads all documents of a stream; empty ones are left out.</summary>
    /// <param name="source">The source to name in errors, such as the file.</param>
    /// <exception cref="FormatException">The text is not valid YAML, or cannot be represented in JSON. The message names the source, line
    /// and column.</exception>
    public static IReadOnlyList<JsonNode> LoadAll(string yaml, string? source = null) =>
        [.. LoadDocuments(yaml, source).Select(document => document.Json)];

    /// <inheritdoc cref="LoadAll"/>
    public static IReadOnlyList<YamlDocument> LoadDocuments(string yaml, string? source = null)
    {
        var prefix = source is null ? "" : source + ": ";
        var documents = new List<YamlDocument>();
        var number = 0;
        // Concatenated JSON documents, as jq writes them, are not valid YAML, but kubectl reads them.
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
            var (line, column, message) = Explained(error, yaml);
            throw new FormatException($"{prefix}line {linesBefore + line}, column {column}: {message}", error);
        }
        catch (Exception error)
        {
            // YamlDotNet throws other types too, for example for a '{' or '[' that is never closed.
            var at = scanner.CurrentPosition;
            throw new FormatException(
                $"{prefix}line {linesBefore + at.Line}, column {at.Column}: not valid YAML; look for a bracket or a quote that is not "
                + "closed above it", error);
        }
    }

    /// <summary>Of two slips YamlDotNet names another place: a tab that indents, and a text that begins with <c>*</c>.</summary>
    private static (long Line, long Column, string Message) Explained(YamlException error, string yaml)
    {
        var lines = yaml.Split('\n');
        var tab = error.Message.Contains(" tab ", StringComparison.Ordinal)
            ? Array.FindIndex(lines, line => line.TrimStart(' ') is ['\t', ..]) : -1;
        if (tab >= 0) return (tab + 1, lines[tab].IndexOf('\t') + 1, "a tab indents this line; use spaces.");
        var alias = error is AnchorNotFoundException ? "*" + error.Message.Split('\'').ElementAtOrDefault(1) : null;
        var place = alias is null ? -1 : Array.FindIndex(lines, line => line.Contains(alias, StringComparison.Ordinal));
        if (place >= 0) return (place + 1, lines[place].IndexOf(alias!, StringComparison.Ordinal) + 1,
            $"there is no anchor for {alias}; to mean this text, put it in quotes.");
        // The scanner notices a missing colon at the next token, which is on a later line.
        var keyAt = error.Message.Contains("could not find expected ':'", StringComparison.Ordinal)
            ? Array.FindLastIndex(lines, (int)error.Start.Line - 2, static line => line.AsSpan().TrimStart() is [not '#', ..]) : -1;
        return keyAt < 0 ? (error.Start.Line, error.Start.Column, error.Message)
            : (keyAt + 1, lines[keyAt].Length - lines[keyAt].TrimStart().Length + 1, error.Message);
    }
}
