using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The JSONPath subset of printer columns: members, indices, <c>[*]</c> and filters such as <c>[?(@.type=="Ready")]</c>.</summary>
internal sealed partial class JsonPath
{
    private readonly List<Func<JsonNode, IEnumerable<JsonNode?>>> steps = [];

    private JsonPath()
    {
    }

    /// <summary>Null when the expression is not supported.</summary>
    public static JsonPath? TryParse(string expression)
    {
        var path = new JsonPath();
        var rest = expression.AsSpan().Trim();
        if (rest.StartsWith("$")) rest = rest[1..];
        while (rest.Length > 0)
        {
            var match = Step().Match(rest.ToString());
            if (!match.Success) return null;
            path.steps.Add(StepOf(match));
            rest = rest[match.Length..];
        }

        return path;
    }

    /// <summary>The first match, or null.</summary>
    public JsonNode? First(JsonNode root)
    {
        IEnumerable<JsonNode?> found = [root];
        foreach (var step in steps) found = found.OfType<JsonNode>().SelectMany(step);
        return found.FirstOrDefault();
    }

    private static Func<JsonNode, IEnumerable<JsonNode?>> StepOf(Match match)
    {
        if (match.Groups["index"] is { Success: true, Value: var index }) return node => At(node, int.Parse(index, null));
        if (match.Groups["all"].Success) return All;
        if (match.Groups["member"].Success) return Filter(match);
        var name = match.Groups["name"].Success
            ? match.Groups["name"].Value.Replace("\\.", ".", StringComparison.Ordinal)
            : match.Groups["quoted"].Value;
        return node => node is JsonObject map && map.TryGetPropertyValue(name, out var value) ? [value] : [];
    }

    private static Func<JsonNode, IEnumerable<JsonNode?>> Filter(Match match)
    {
        var member = JsonPath.TryParse(match.Groups["member"].Value);
        var (wanted, equal) = (match.Groups["value"].Value, match.Groups["operator"].Value == "==");
        return node => All(node).Where(item => item is not null && member?.First(item) is { } value && (Plain(value) == wanted) == equal);
    }

    private static string Plain(JsonNode value) => value.Text() ?? value.ToSortedText();

    private static IEnumerable<JsonNode?> At(JsonNode node, int index)
    {
        if (node is not JsonArray array) return [];
        if (index < 0) index += array.Count;
        return index >= 0 && index < array.Count ? [array[index]] : [];
    }

    private static IEnumerable<JsonNode?> All(JsonNode node) => node switch
    {
        JsonArray array => array,
        JsonObject map => map.Select(member => member.Value),
        _ => [],
    };

    [GeneratedRegex(
        @"^(\.(?<name>([^.\[\]\\]|\\.)+)|\.?\[(?<index>-?[0-9]+)\]|\.?\[(?<all>\*)\]|\.?\['(?<quoted>[^']*)'\]|" +
        @"\.?\[\?\(\s*@(?<member>[^=!)]+?)\s*(?<operator>==|!=)\s*[""'](?<value>[^""']*)[""']\s*\)\])", RegexOptions.ExplicitCapture)]
    private static partial Regex Step();
}
