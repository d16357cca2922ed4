using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ImageTagOperator.Kubernetes.Yaml;

/// <summary>Converts the nodes of a YAML document to JSON.</summary>
/// <param name="prefix">The prefix of each error: the file.</param>
internal sealed class YamlReader(string prefix)
{
    /// <summary>Aliases can expand a small file enormously; documents of Kubernetes objects are far below this limit.</summary>
    private const int MaxNodes = 1_000_000;

    private const int MaxDepth = 100;

    private int nodes;

    public JsonNode? Read(YamlNode node, int depth = 0)
    {
        if (++nodes > MaxNodes || depth > MaxDepth) throw Error(node, "too many aliases, or nested too deep");
        return node switch
        {
            YamlScalarNode scalar => Scalar(scalar),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(child => Read(child, depth + 1))]),
            YamlMappingNode mapping => Mapping(mapping, depth),
            _ => throw Error(node, "an alias that points nowhere"),
        };
    }

    private JsonNode? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        var tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? null : scalar.Tag.Value;
        if (tag == "tag:yaml.org,2002:str"
            || (tag is null && scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any))) return JsonValue.Create(text);
        if (tag is not (
            null or "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null"))
        {
            throw Error(scalar, $"the tag {tag} means nothing in JSON");
        }

        try
        {
            return PlainScalar.Resolve(text);
        }
        catch (FormatException error)
        {
            throw Error(scalar, error.Message);
        }
    }

    private JsonObject Mapping(YamlMappingNode mapping, int depth)
    {
        var result = new JsonObject();
        foreach (var (key, value) in mapping.Children)
        {
            if (key is not YamlScalarNode name) throw Error(key,
                "a key must be a string; if this is a template with {{ }}, render it first");
            if (name is { Value: "<<", Style: ScalarStyle.Plain }) Merge(result, value, depth);
            else result[KeyText(name)] = Read(value, depth + 1);
        }

        return result;
    }

    /// <summary>kubectl reads <c>true: x</c> as the key "true", and <c>yes: x</c> as well.</summary>
    private string KeyText(YamlScalarNode name) => Scalar(name) switch
    {
        null => "null",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var value => value.ToJsonString(),
    };

    private void Merge(JsonObject into, YamlNode from, int depth)
    {
        var sources = from is YamlSequenceNode several ? several.Children : [from];
        foreach (var source in sources)
        {
            if (Read(source, depth + 1) is not JsonObject merged) throw Error(source, "<< needs a mapping");
            foreach (var (key, value) in merged)
            {
                if (!into.ContainsKey(key)) into[key] = value?.DeepClone();
            }
        }
    }

    private FormatException Error(YamlNode node, string problem) =>
        new($"{prefix}line {node.Start.Line}, column {node.Start.Column}: {problem}");
}
