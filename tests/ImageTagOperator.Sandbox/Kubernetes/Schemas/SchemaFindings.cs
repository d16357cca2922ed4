using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Schema.Validation;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The findings of the operator's <see cref="SchemaValidator"/>, in the server's words.</summary>
internal static class SchemaFindings
{
    private const string ListType = "x-kubernetes-list-type";

    /// <summary>All findings except those of <see cref="Duplicates"/>.</summary>
    /// <param name="root">The path of the value in its object: empty for the object itself, <c>status</c> for its status.</param>
    public static IEnumerable<FieldError> Of(JsonObject schema, JsonNode? value, string root = "") =>
        SchemaValidator.Validate(schema, value).Where(ServerTells).SelectMany(WithEnum).Select(error => InWords(error, root));

    /// <summary>Duplicate items in lists of type <c>set</c> and <c>map</c>.</summary>
    public static IEnumerable<FieldError> Duplicates(JsonObject schema, JsonNode? value) =>
        SchemaValidator.Validate(schema, value)
            .Where(error => error.Keyword == ListType)
            .Select(error => FieldError.Duplicate(error.Path.ToString(), KeyOf(error)))
            // A value that occurs three times is reported once, at its second index.
            .DistinctBy(error => (error.Field![..error.Field!.LastIndexOf('[')], error.Message));

    // Unknown fields were pruned before, and a server accepts a number that is out of range for its format.
    private static bool ServerTells(SchemaError error) =>
        error.Keyword is not (ListType or "properties") && (error.Keyword != "format" || error.Value.Text() is not null);

    // A value of the wrong type is not in the enum either, and a server reports both.
    private static IEnumerable<SchemaError> WithEnum(SchemaError error) =>
        error.Keyword == "type" && error.Value is not null && error.Schema.ContainsKey("enum") ? [error, error with { Keyword = "enum" }]
            : [error];

    private static FieldError InWords(SchemaError error, string root)
    {
        var (schema, value, field, body) = (error.Schema, error.Value, Field(root, error.Path.ToString()), $"{error.Path} in body");
        var limit = schema.Integer(error.Keyword) ?? 0;
        return error.Keyword switch
        {
            "type" =>
                FieldError.WrongType(field, Json.TypeOf(value), $"{body} must be of type {schema.Text("type")}: \"{Json.TypeOf(value)}\""),
            "format" =>
                FieldError.WrongType(field, value, $"{body} must be of type {schema.Text("format")}: {FieldError.Quote(value.Text()!)}"),
            "enum" =>
                FieldError.NotSupported(field, value, ((JsonArray)schema["enum"]!).Select(item => item.Text() ?? item.ToSortedText())),
            // This error has no field: a server shows the path of the whole value, which is "<nil>" for the object itself.
            "not" => FieldError.Invalid(root.Length == 0 ? null : root, "", $"\"{error.Path}\" must not validate the schema (not)"),
            "required" => FieldError.Required(field),
            "pattern" => FieldError.Invalid(field, value, $"{body} should match '{schema.Text("pattern")}'"),
            "minimum" => FieldError.Invalid(field, value,
                $"{body} should be greater than{OrEqual("exclusiveMinimum")} {schema["minimum"].ToSortedText()}"),
            "maximum" => FieldError.Invalid(field, value,
                $"{body} should be less than{OrEqual("exclusiveMaximum")} {schema["maximum"].ToSortedText()}"),
            "minLength" => FieldError.Invalid(field, value, $"{body} should be at least {limit} chars long"),
            "maxLength" => FieldError.TooLong(field, limit),
            "minItems" => FieldError.Invalid(field, value!.AsArray().Count, $"{body} should have at least {limit} items"),
            "maxItems" => FieldError.TooMany(field, value!.AsArray().Count, limit),
            "minProperties" => FieldError.Invalid(field, value!.AsObject().Count, $"{body} should have at least {limit} properties"),
            "maxProperties" => FieldError.TooMany(field, value!.AsObject().Count, limit),
            var keyword => throw new InvalidOperationException($"The sandbox has no words for what {keyword} has against {error.Path}."),
        };

        string OrEqual(string keyword) => schema.IsTrue(keyword) ? "" : " or equal to";
    }

    private static string Field(string root, string path) => root
        + (root.Length == 0 || path.Length == 0 || path[0] == '[' ? path : $".{path}");

    private static JsonNode? KeyOf(SchemaError error)
    {
        if (error.Schema.Text(ListType) == "set") return error.Value?.DeepClone();
        var names = error.Schema.Texts("x-kubernetes-list-map-keys").Where(name => error.Value.At(name) is not null);
        return new JsonObject(names.Select(name => KeyValuePair.Create(name, error.Value.At(name)?.DeepClone())));
    }
}
