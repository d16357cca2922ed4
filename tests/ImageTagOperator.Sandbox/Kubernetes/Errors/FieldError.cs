using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>An error about a field, in the words of an API server.</summary>
/// <param name="Reason">Machine-readable, such as <c>FieldValueRequired</c>.</param>
/// <param name="Field">The path of the field; null for an error without one, shown as <c>&lt;nil&gt;</c>.</param>
internal sealed record FieldError(string Reason, string? Field, string Message)
{
    public static FieldError Required(string field, string detail = "") =>
        new("FieldValueRequired", field, detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    public static FieldError Invalid(string? field, JsonNode? value, string detail) =>
        new("FieldValueInvalid", field, $"Invalid value: {Show(value)}: {detail}");

    public static FieldError WrongType(string? field, JsonNode? value, string detail) =>
        new("FieldValueTypeInvalid", field, $"Invalid value: {Show(value)}: {detail}");

    public static FieldError NotSupported(string field, JsonNode? value, IEnumerable<string> supported)
    {
        var all = string.Join(", ", supported.Select(Quote));
        return new FieldError("FieldValueNotSupported", field, $"Unsupported value: {Show(value)}: supported values: {all}");
    }

    public static FieldError Duplicate(string field, JsonNode? value) =>
        new("FieldValueDuplicate", field, $"Duplicate value: {Show(value)}");

    public static FieldError TooLong(string field, long limit) =>
        new("FieldValueTooLong", field, $"Too long: may not be more than {limit} bytes");

    public static FieldError TooMany(string field, long actual, long limit) =>
        new("FieldValueTooMany", field, $"Too many: {actual}: must have at most {limit} {(limit == 1 ? "item" : "items")}");

    public static FieldError Forbidden(string field, string detail) =>
        new("FieldValueForbidden", field, $"Forbidden: {detail}");

    public override string ToString() => $"{Field ?? "<nil>"}: {Message}";

    /// <summary>A string in double quotes with the escapes of Go's <c>%q</c>.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\x7f' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static string Show(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String ? Quote(value.GetValue<string>()) : value.ToSortedText();
}
