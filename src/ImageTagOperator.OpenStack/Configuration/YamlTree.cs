using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ImageTagOperator.OpenStack.Configuration;

internal abstract record YamlNode(YamlPosition At);

internal sealed record YamlScalar(string Value, bool IsPlain, YamlPosition At) : YamlNode(At);

internal sealed record YamlSequence(IReadOnlyList<YamlNode> Items, YamlPosition At) : YamlNode(At);

internal sealed record YamlMapping(IReadOnlyDictionary<string, YamlNode> Entries, YamlPosition At) : YamlNode(At);

/// <summary>Reads one YAML document like PyYAML's safe_load, with anchors and merge keys (<c>&lt;&lt;</c>), but without types: every scalar
/// stays text.</summary>
internal sealed class YamlTree
{
    private const int MaxDepth = 32;

    /// <summary>The most characters of a file. A cloud has some five hundred; what a Secret can contain, four times this limit, takes long
    /// to parse.</summary>
    public const int MaxCharacters = 256 * 1024;

    /// <summary>The most nodes and merged keys: a short text can create very many by merging. A cloud has some twenty.</summary>
    private const int MaxEntries = 20_000;

    private readonly string file;
    private readonly Scanner scanner;
    private readonly Parser parser;
    private readonly Dictionary<string, YamlNode> anchors = [];
    private int entries;

    private YamlTree(string yaml, string file)
    {
        this.file = file;
        scanner = new Scanner(new StringReader(yaml));
        parser = new Parser(scanner);
    }

    /// <param name="file">The name of the file in messages.</param>
    /// <returns>The root node; null when the text has no document.</returns>
    /// <exception cref="InvalidCloudsYamlException">The text is not valid YAML. The message names the position and quotes
    /// nothing.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever the parser throws, the text is what is wrong")]
    public static YamlNode? Read(string yaml, string file = "clouds.yaml")
    {
        if (yaml.Length > MaxCharacters)
        {
            throw new InvalidCloudsYamlException(
                $"{file} has {yaml.Length} characters, and at most {MaxCharacters} are read. Leave only the clouds in it that are needed.");
        }

        var tree = new YamlTree(yaml, file);
        try
        {
            return tree.Document();
        }
        catch (InvalidCloudsYamlException)
        {
            throw;
        }
        catch (YamlException e) when (e.Message.Contains(" tab ", StringComparison.Ordinal))
        {
            // The parser names the place where the mapping begins.
            var line = 1 + yaml.Split('\n').TakeWhile(text => text.TrimStart(' ') is not ['\t', ..]).Count();
            throw new InvalidCloudsYamlException($"{file} is not valid YAML at line {line}: a tab indents it. Use spaces.");
        }
        catch (YamlException e)
        {
            // The message of the parser may quote the text around the error, including a password.
            throw tree.Invalid(e.Start);
        }
        catch (Exception)
        {
            // YamlDotNet throws other types too, for example for a '{' or '[' that is never closed.
            throw tree.Invalid(tree.scanner.CurrentPosition, "look for a bracket or a quote that is not closed above it");
        }
    }

    private YamlNode? Document()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _)) return null;
        parser.Consume<DocumentStart>();
        var root = Node(0);
        parser.Consume<DocumentEnd>();
        return parser.Accept<StreamEnd>(out _) ? root
            : throw Invalid(parser.Current!.Start, "a second document begins, and there must be one only");
    }

    /// <summary>Limits the depth, because a stack overflow ends the whole process.</summary>
    private YamlNode Node(int depth)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.GetValueOrDefault(alias.Value.Value)
                ?? throw Invalid(alias.Start, "it names an anchor that is not there before it");
        }

        var start = parser.Consume<NodeEvent>();
        Count(1, start.Start);
        if (depth > MaxDepth) throw new InvalidCloudsYamlException(
            $"{file} is nested deeper than {MaxDepth} levels at line {start.Start.Line}, column {start.Start.Column}.");
        if (HasUnknownTag(start.Tag)) throw Invalid(start.Start, "it has a tag that only another program knows");
        var node = start switch
        {
            Scalar scalar => new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, Place(scalar.Start)),
            SequenceStart sequence => Sequence(sequence, depth),
            MappingStart mapping => Mapping(mapping, depth),
            _ => throw Invalid(start.Start),
        };
        if (!start.Anchor.IsEmpty) anchors[start.Anchor.Value] = node;
        return node;
    }

    /// <summary>Whether the tag belongs to another program, such as Ansible's <c>!vault</c>: what follows is then not the value.</summary>
    private static bool HasUnknownTag(TagName tag) =>
        !tag.IsEmpty && !tag.IsNonSpecific && !tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal);

    private YamlNode Sequence(SequenceStart start, int depth)
    {
        var items = new List<YamlNode>();
        while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(depth + 1));
        return new YamlSequence(items, Place(start.Start));
    }

    private YamlNode Mapping(MappingStart start, int depth)
    {
        var (own, merged) = (new Dictionary<string, YamlNode>(), new Dictionary<string, YamlNode>());
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var at = parser.Current!.Start;
            if (Node(depth + 1) is not YamlScalar key) throw Invalid(at, "a key must be a single value");
            var value = Node(depth + 1);
            if (key is { Value: "<<", IsPlain: true }) Merge(value, merged, at);
            else if (!own.TryAdd(key.Value, value)) throw Invalid(at, "this key is there already");
        }

        foreach (var (key, value) in own) merged[key] = value;
        return new YamlMapping(merged, Place(start.Start));
    }

    /// <summary>Merged keys never override a mapping's own keys; of a list of mappings the first has precedence
    /// (yaml.org/type/merge.html).</summary>
    private void Merge(YamlNode value, Dictionary<string, YamlNode> into, Mark at)
    {
        var sources = value is YamlSequence list ? list.Items.Reverse() : [value];
        foreach (var source in sources)
        {
            if (source is not YamlMapping mapping) throw Invalid(at, "'<<' must name a mapping or a list of them");
            Count(mapping.Entries.Count, at);
            foreach (var (key, node) in mapping.Entries) into[key] = node;
        }
    }

    private void Count(int more, Mark at)
    {
        entries += more;
        if (entries > MaxEntries) throw Invalid(at, $"it has more than {MaxEntries} entries, those that are merged in among them");
    }

    private YamlPosition Place(Mark at) => new(file, at.Line, at.Column);

    private InvalidCloudsYamlException Invalid(Mark at, string? why = null) =>
        new($"{file} is not valid YAML at line {at.Line}, column {at.Column}{(why is null ? "" : $": {why}")}.");
}
