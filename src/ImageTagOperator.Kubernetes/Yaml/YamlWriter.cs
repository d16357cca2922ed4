using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ImageTagOperator.Kubernetes;

/// <summary>Writes JSON as YAML in block style. Strings are plain where that is safe, block scalars when they have lines, else quoted as
/// JSON,
/// which YAML reads too.</summary>
internal sealed partial class YamlWriter
{
    private readonly StringBuilder text = new();

    public string Write(JsonNode node)
    {
        WriteNode(node, 0);
        if (text.Length == 0 || text[^1] != '\n') text.Append('\n');
        return text.ToString();
    }

    /// <summary>Writes a value whose first line begins where the text now ends.</summary>
    private void WriteNode(JsonNode? node, int indent)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                WriteMap(map, indent);
                break;
            case JsonArray { Count: > 0 } list:
                WriteList(list, indent);
                break;
            default:
                WriteScalar(node, indent);
                break;
        }
    }

    private void WriteMap(JsonObject map, int indent)
    {
        var first = true;
        foreach (var (key, value) in map)
        {
            if (!first) text.Append(' ', indent);
            first = false;
            text.Append(Inline(key)).Append(':');
            // Items of a list stand below their key, not further in: as kubectl prints them.
            if (value is JsonObject { Count: > 0 }) Below(value, indent + 2);
            else if (value is JsonArray { Count: > 0 }) Below(value, indent);
            else
            {
                text.Append(' ');
                WriteScalar(value, indent + 2);
            }
        }
    }

    private void Below(JsonNode value, int indent)
    {
        text.Append('\n').Append(' ', indent);
        WriteNode(value, indent);
    }

    private void WriteList(JsonArray list, int indent)
    {
        var first = true;
        foreach (var item in list)
        {
            if (!first) text.Append(' ', indent);
            first = false;
            text.Append("- ");
            WriteNode(item, indent + 2);
        }
    }

    private void WriteScalar(JsonNode? node, int indent)
    {
        switch (node)
        {
            case JsonObject:
                text.Append("{}");
                break;
            case JsonArray:
                text.Append("[]");
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                WriteString(value.GetValue<string>(), indent);
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }

        if (text[^1] != '\n') text.Append('\n');
    }

    private void WriteString(string value, int indent)
    {
        if (!FitsBlock(value))
        {
            text.Append(Inline(value));
            return;
        }

        var body = value.TrimEnd('\n');
        var ends = value.Length - body.Length;
        text.Append(ends switch { 0 => "|-", 1 => "|", _ => "|+" }).Append('\n');
        foreach (var line in body.Split('\n'))
        {
            if (line.Length > 0) text.Append(' ', Math.Max(indent, 2)).Append(line);
            text.Append('\n');
        }

        text.Append('\n', Math.Max(0, ends - 1));
    }

    /// <summary>Several lines that a block scalar keeps as they are; its indentation is taken from the first line, which must not begin
    /// with a blank.</summary>
    private static bool FitsBlock(string value) =>
        value.Contains('\n', StringComparison.Ordinal) && value[0] is not (' ' or '\n' or '\t') && value.All(IsPlainInBlock);

    private static bool IsPlainInBlock(char c) =>
        c == '\n' || (c >= ' ' && c is not ('\u007f' or '\u0085' or '\u2028' or '\u2029' or '\ufeff') && !char.IsSurrogate(c));

    private static string Inline(string value) =>
        Plain().IsMatch(value) && !PlainScalar.IsAmbiguous(value) ? value : JsonSerializer.Serialize(value, YamlJsonContext.Relaxed.String);

    /// <summary>Begins with a letter, digit or path character and not as a list item does, has no <c>: </c> or <c> #</c>, and does not
    /// end in a colon or blank.</summary>
    [GeneratedRegex(@"^(?!-( |$))[A-Za-z0-9_./+-]([A-Za-z0-9_./+$^@()=;,<>~'\-]|:(?=\S)|(?<=\S)#| (?=[^ #]))*$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
