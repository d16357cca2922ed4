using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageTagOperator.Kubernetes.Crds;
using ImageTagOperator.Kubernetes.Yaml;

namespace ImageTagOperator.Kubernetes.Schema.Validation;

/// <summary>Validates a value against a schema of <see cref="CustomResourceDefinition"/> as an API server would. It is stricter in two
/// ways: an unknown field is an error, although a server drops it silently, and so is a number that its type cannot represent.</summary>
public static partial class SchemaValidator
{
    public static IEnumerable<SchemaError> Validate(JsonObject schema, JsonNode? value) => Validate(schema, value, FieldPath.Root);

    private static IEnumerable<SchemaError> Validate(JsonObject schema, JsonNode? value, FieldPath path)
    {
        if (WhyWrongType(schema, value) is { } wrong) return [new SchemaError(path, "type", schema, value, wrong)];
        var (own, inner) = value switch
        {
            JsonObject map => (OfSize(schema, "Properties", "field", map.Count, $": {string.Join(", ", map.Select(pair => pair.Key))}"),
                InMap(schema, map, path)),
            JsonArray list => (OfSize(schema, "Items", "item", list.Count), InList(schema, list, path)),
            null => ([], []),
            _ => (OfScalar(schema, value), Enumerable.Empty<SchemaError>()),
        };
        return own.Select(error => new SchemaError(path, error.Keyword, schema, value, error.Message)).Concat(inner);
    }

    private static string? WhyWrongType(JsonObject schema, JsonNode? value)
    {
        var expected = (string?)schema["type"];
        var actual = value?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null",
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => double.IsInteger(Number(value)) ? "integer" : "number",
            _ => "boolean",
        };
        if (expected is null || actual == expected || (expected == "number" && actual == "integer")
            || (value is null && (bool?)schema["nullable"] == true)) return null;
        var remedy = (expected, actual) switch
        {
            ("string", "boolean" or "integer" or "number") => $": put it in quotes, '{value!.ToJsonString()}'",
            ("array", "string" or "boolean" or "integer" or "number") => ": write it as a list, in [ ] or as lines that begin with '- '",
            ("object", not "null") when schema["properties"] is JsonObject fields =>
                $": write its fields below it ({string.Join(", ", fields.Select(field => field.Key))})",
            _ => "",
        };
        return $"must be of type {expected}, and is {(actual is "null" ? "empty" : $"of type {actual}")}{remedy}";
    }

    private static IEnumerable<(string Keyword, string Message)> OfSize(JsonObject schema, string what, string noun, int size,
        string which = "")
    {
        if (Limit(schema, $"min{what}") is { } least && size < least) yield return ($"min{what}",
            $"must have at least {Count(least, noun)}, and has {size}");
        if (Limit(schema, $"max{what}") is { } most && size > most) yield return ($"max{what}",
            $"must have at most {Count(most, noun)}, and has {size}{which}");
    }

    private static IEnumerable<SchemaError> InMap(JsonObject schema, JsonObject map, FieldPath path)
    {
        var properties = schema["properties"] as JsonObject;
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(name => (string)name!)
            .Where(name => !map.ContainsKey(name))) yield return new(path.Field(name), "required", schema, null, "is missing");
        foreach (var (name, value) in map)
        {
            if ((properties?[name] ?? schema["additionalProperties"]) is JsonObject known)
            {
                foreach (var error in Validate(known, value, path.Field(name))) yield return error;
            }
            else if (properties is not null)
            {
                yield return new(path.Field(name), "properties", schema, value,
                    $"is not a field that is known here{Suggestion(name, properties.Select(pair => pair.Key))}");
            }
        }
    }

    private static IEnumerable<SchemaError> InList(JsonObject schema, JsonArray list, FieldPath path)
    {
        var seen = new HashSet<string>();
        foreach (var (index, item) in list.Index())
        {
            foreach (var error in Validate(schema["items"]!.AsObject(), item, path.Item(index))) yield return error;
            if (KeyOf(schema, item) is { } key && !seen.Add(key)) yield return new(path.Item(index), "x-kubernetes-list-type", schema,
                item, $"{key} is there before");
        }
    }

    private static IEnumerable<(string Keyword, string Message)> OfScalar(JsonObject schema, JsonNode value)
    {
        if (schema["enum"] is JsonArray allowed && !allowed.Any(item => JsonNode.DeepEquals(item, value))) yield return ("enum",
            $"must be one of {Listed(allowed)}, and is {value.ToJsonString()}");
        if (schema["not"]?["enum"] is JsonArray refused && refused.Any(item => JsonNode.DeepEquals(item, value))) yield return ("not",
            $"must not be {value.ToJsonString()}");
        var format = (string?)schema["format"];
        if (value.GetValueKind() == JsonValueKind.String)
        {
            var text = value.GetValue<string>();
            var length = text.EnumerateRunes().Count();
            if (Limit(schema, "minLength") is { } shortest && length < shortest) yield return ("minLength",
                $"must have at least {Count(shortest, "character")}");
            else if (Limit(schema, "maxLength") is { } longest && length > longest) yield return ("maxLength",
                $"must have at most {Count(longest, "character")}, and has {length}");
            else if ((string?)schema["pattern"] is { } pattern && !IsMatch(pattern, text)) yield return ("pattern",
                $"'{text}' does not match {pattern}");
            if (!MatchesFormat(format, text)) yield return ("format", $"'{text}' is not a {format}");
        }
        else if (value.GetValueKind() == JsonValueKind.Number)
        {
            var number = Number(value);
            var (least, above) = (Limit(schema, "minimum"), (bool?)schema["exclusiveMinimum"] == true);
            if (above ? number <= least : number < least) yield return ("minimum",
                $"must be {(above ? "more than" : "at least")} {least}, and is {value}");
            var (most, below) = (Limit(schema, "maximum"), (bool?)schema["exclusiveMaximum"] == true);
            if (below ? number >= most : number > most) yield return ("maximum",
                $"must be {(below ? "less than" : "at most")} {most}, and is {value}");
            else if (format == "int32" && number > int.MaxValue) yield return ("format", $"must be at most {int.MaxValue}, and is {value}");
        }
    }

    private static bool MatchesFormat(string? format, string text) => format switch
    {
        "date-time" => Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
        "uuid" => Guid.TryParse(text, out _),
        "byte" => Base64.IsValid(text),
        _ => true,
    };

    /// <summary>In Go <c>$</c> only matches the end; in .NET also before a trailing line feed.</summary>
    private static bool IsMatch(string pattern, string text) =>
        Regex.IsMatch(text, pattern.EndsWith('$') ? pattern[..^1] + @"\z" : pattern, RegexOptions.CultureInvariant);

    private static string? KeyOf(JsonObject schema, JsonNode? item) => (string?)schema["x-kubernetes-list-type"] switch
    {
        "set" => item?.ToJsonString(),
        "map" when item is JsonObject map => string.Join(", ", schema["x-kubernetes-list-map-keys"]!.AsArray()
            .Select(name => $"{name} {map[(string)name!]?.ToJsonString()}")),
        _ => null,
    };

    private static string Suggestion(string name, IEnumerable<string> known) => Similarity.Nearest(name, known) is { } nearest
        ? $"; did you mean '{nearest}'?" : $"; known are {string.Join(", ", known)}";

    private static double Number(JsonNode value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    private static double? Limit(JsonObject schema, string keyword) => schema[keyword] is { } limit ? Number(limit) : null;

    private static string Listed(JsonArray values) => string.Join(", ", values.Select(value => value?.ToString()));

    private static string Count(double number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Rfc3339();
}
