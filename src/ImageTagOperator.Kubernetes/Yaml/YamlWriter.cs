using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ImageTagOperator.Kubernetes.Yaml;

/// <summary>Writes JSON as YAML in block style. Strings are plain where that is safe, block scalars when they have several lines, else
/// quoted.</summary>
internal sealed partial class YamlWriter(Emitter emitter)
{
    /// <summary>No line is folded. A key that is too long for YAML's short form gets the long form.</summary>
    private static readonly EmitterSettings Style = new EmitterSettings().WithBestWidth(int.MaxValue).WithMaxSimpleKeyLength(1024)
        .WithNewLine("\n");

    public static string Write(JsonNode node)
    {
        using var text = new StringWriter();
        var emitter = new Emitter(text, Style);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(version: null, tags: null, isImplicit: true));
        new YamlWriter(emitter).WriteNode(node);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return VisibleText.InQuotes(text.ToString());
    }

    private void WriteNode(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, map.Count > 0 ? MappingStyle.Block
                    : MappingStyle.Flow));
                foreach (var (key, value) in map)
                {
                    WriteString(key, isKey: true);
                    WriteNode(value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, list.Count > 0 ? SequenceStyle.Block
                    : SequenceStyle.Flow));
                foreach (var item in list) WriteNode(item);
                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                WriteString(value.GetValue<string>(), isKey: false);
                break;
            default:
                emitter.Emit(new Scalar(node?.ToJsonString() ?? "null"));
                break;
        }
    }

    private void WriteString(string value, bool isKey)
    {
        // An unpaired surrogate cannot be written as UTF-8.
        if (value.Any(char.IsSurrogate)) value = string.Concat(value.EnumerateRunes());
        emitter.Emit(
            new Scalar(AnchorName.Empty, TagName.Empty, value, StyleOf(value, isKey), isPlainImplicit: true, isQuotedImplicit: true));
    }

    private static ScalarStyle StyleOf(string value, bool isKey)
    {
        if (IsSafePlain(value)) return ScalarStyle.Plain;
        return !isKey && FitsBlock(value) ? ScalarStyle.Literal : ScalarStyle.DoubleQuoted;
    }

    private static bool IsSafePlain(string value) => Plain().IsMatch(value) && !PlainScalar.IsAmbiguous(value);

    /// <summary>Whether a block scalar can represent the lines. Its indentation is taken from the first line, which must not start with a
    /// blank.</summary>
    private static bool FitsBlock(string value) =>
        value.Contains('\n', StringComparison.Ordinal) && value[0] is not (' ' or '\n' or '\t') && value.All(IsPlainInBlock);

    private static bool IsPlainInBlock(char c) =>
        c == '\n' || (!char.IsSurrogate(c) && !VisibleText.IsHidden(new Rune(c)));

    /// <summary>A plain scalar: starts with a letter, digit or path character and not like a list item, contains no <c>: </c> or <c> #</c>,
    /// and does not end with a colon or blank.</summary>
    [GeneratedRegex(
        @"^(?!-( |$))[A-Za-z0-9_./+-]([A-Za-z0-9_./+$^@()=;,<>~'\-]|:(?=\S)|(?<=\S)#| (?=[^ #]))*$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
