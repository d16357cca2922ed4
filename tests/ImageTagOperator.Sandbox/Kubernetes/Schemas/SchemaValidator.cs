using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Checks a value against an OpenAPI v3 schema, with the server's words for what does not fit.</summary>
/// <param name="root">Where the value stands in its object: empty for the object itself, <c>status</c> for its status alone.</param>
internal sealed class SchemaValidator(string root = "")
{
    public SchemaResult Validate(JsonObject schema, JsonNode? value, string path = "")
    {
        var result = new SchemaResult();
        CheckType(schema, value, path, result);
        if (value is null) return result;
        result.Merge(CheckConnectives(schema, value, path));
        switch (Json.TypeOf(value))
        {
            case "string":
                CheckText(schema, value.GetValue<string>(), path, result);
                break;
            case "integer" or "number":
                CheckNumber(schema, value, path, result);
                break;
            case "array":
                CheckArray(schema, value.AsArray(), path, result);
                break;
            case "object":
                CheckObject(schema, value.AsObject(), path, result);
                break;
        }

        if (schema["enum"] is JsonArray allowed)
        {
            result.Count();
            if (!allowed.Any(item => JsonNode.DeepEquals(item, value)))
                result.Errors.Add(FieldError.NotSupported(Field(path), value, allowed.Select(item => item.Text() ?? item.ToSortedText())));
        }

        return result;
    }

    private void CheckType(JsonObject schema, JsonNode? value, string path, SchemaResult result)
    {
        result.Count();
        var (expected, actual) = (schema.Text("type"), Json.TypeOf(value));
        if (schema.IsTrue("x-kubernetes-int-or-string"))
        {
            if (actual is not ("integer" or "string")) result.Errors.Add(WrongType(path, "integer,string", actual));
            return;
        }

        if (string.IsNullOrEmpty(expected) || (value is null && schema.IsTrue("nullable"))) return;
        var fits = actual == expected || (expected == "number" && actual == "integer") ||
            (expected == "integer" && actual == "number" && double.IsInteger(value!.GetValue<double>()));
        if (!fits) result.Errors.Add(WrongType(path, expected, actual));
    }

    private FieldError WrongType(string path, string expected, string actual) =>
        FieldError.WrongType(Field(path), actual, $"{In(path)} must be of type {expected}: \"{actual}\"");

    private SchemaResult CheckConnectives(JsonObject schema, JsonNode value, string path)
    {
        var result = new SchemaResult();
        if (Branches(schema, "anyOf", value, path) is { Count: > 0 } any)
        {
            if (!any.Exists(branch => branch.IsValid))
            {
                Fail(result, $"\"{path}\" must validate at least one schema (anyOf)");
                result.Merge(Best(any));
            }
        }

        if (Branches(schema, "oneOf", value, path) is { Count: > 0 } one && one.Count(branch => branch.IsValid) is var valid and not 1)
        {
            var found = valid == 0 ? "Found none valid" : $"Found {valid} valid alternatives";
            Fail(result, $"\"{path}\" must validate one and only one schema (oneOf). {found}");
            if (valid == 0) result.Merge(Best(one));
        }

        if (Branches(schema, "allOf", value, path) is { Count: > 0 } all)
        {
            foreach (var branch in all) result.Merge(branch);
            var passed = all.Count(branch => branch.IsValid);
            var none = passed == 0 ? ". None validated" : "";
            if (passed != all.Count) Fail(result, $"\"{path}\" must validate all the schemas (allOf){none}");
        }

        if (schema["not"] is JsonObject not && Validate(not, value, path).IsValid)
            Fail(result, $"\"{path}\" must not validate the schema (not)");
        result.Count();
        return result;
    }

    private List<SchemaResult> Branches(JsonObject schema, string keyword, JsonNode value, string path) =>
        schema[keyword] is JsonArray branches ? [.. branches.OfType<JsonObject>().Select(branch => Validate(branch, value, path))] : [];

    private static SchemaResult Best(List<SchemaResult> failed) => failed.MaxBy(branch => branch.Checks)!;

    // These errors carry no field: a server shows the place of the whole value, which for the object itself is "<nil>".
    private void Fail(SchemaResult result, string message) =>
        result.Errors.Add(FieldError.Invalid(root.Length == 0 ? null : root, "", message));

    private void CheckText(JsonObject schema, string text, string path, SchemaResult result)
    {
        result.Count();
        // Of these three, only the first that does not hold is told.
        var length = text.EnumerateRunes().Count();
        if (schema.Integer("maxLength") is { } longest && length > longest) result.Errors.Add(FieldError.TooLong(Field(path), longest));
        else if (schema.Integer("minLength") is { } shortest && length < shortest)
            result.Errors.Add(FieldError.Invalid(Field(path), text, $"{In(path)} should be at least {shortest} chars long"));
        else if (schema.Text("pattern") is { Length: > 0 } pattern && !GoPattern.IsMatch(pattern, text))
            result.Errors.Add(FieldError.Invalid(Field(path), text, $"{In(path)} should match '{pattern}'"));
        if (schema.Text("format") is { } format && !Formats.Fits(format, text))
            result.Errors.Add(FieldError.WrongType(Field(path), text, $"{In(path)} must be of type {format}: {FieldError.Quote(text)}"));
    }

    private void CheckNumber(JsonObject schema, JsonNode value, string path, SchemaResult result)
    {
        result.Count();
        var number = value.GetValue<double>();
        Limit("maximum", "exclusiveMaximum", limit => number > limit, limit => number == limit, "less than");
        Limit("minimum", "exclusiveMinimum", limit => number < limit, limit => number == limit, "greater than");
        if (schema["multipleOf"] is JsonValue factor && !double.IsInteger(number / factor.GetValue<double>()))
            result.Errors.Add(FieldError.Invalid(Field(path), value, $"{In(path)} should be a multiple of {factor.ToSortedText()}"));

        void Limit(string keyword, string exclusiveKeyword, Func<double, bool> isBeyond, Func<double, bool> isAt, string words)
        {
            if (schema[keyword] is not JsonValue limit) return;
            var exclusive = schema.IsTrue(exclusiveKeyword);
            if (!isBeyond(limit.GetValue<double>()) && !(exclusive && isAt(limit.GetValue<double>()))) return;
            var orEqual = exclusive ? "" : " or equal to";
            result.Errors.Add(FieldError.Invalid(Field(path), value, $"{In(path)} should be {words}{orEqual} {limit.ToSortedText()}"));
        }
    }

    private void CheckArray(JsonObject schema, JsonArray array, string path, SchemaResult result)
    {
        if (schema["items"] is JsonObject items)
        {
            for (var i = 0; i < array.Count; i++) result.Merge(Validate(items, array[i], $"{path}[{i}]"));
        }

        if (schema.Integer("minItems") is { } least && array.Count < least)
            result.Errors.Add(FieldError.Invalid(Field(path), array.Count, $"{In(path)} should have at least {least} items"));
        if (schema.Integer("maxItems") is { } most && array.Count > most)
            result.Errors.Add(FieldError.TooMany(Field(path), array.Count, most));
        result.Count();
    }

    private void CheckObject(JsonObject schema, JsonObject map, string path, SchemaResult result)
    {
        if (schema.Integer("minProperties") is { } least && map.Count < least)
            result.Errors.Add(FieldError.Invalid(Field(path), map.Count, $"{In(path)} should have at least {least} properties"));
        if (schema.Integer("maxProperties") is { } most && map.Count > most)
            result.Errors.Add(FieldError.TooMany(Field(path), map.Count, most));
        var properties = schema["properties"] as JsonObject;
        foreach (var (name, value) in map)
        {
            if (properties?[name] is JsonObject property) result.Merge(Validate(property, value, Join(path, name)));
            else if (properties?.ContainsKey(name) != true && schema["additionalProperties"] is JsonObject values)
                result.Merge(Validate(values, value, $"{path}.{name}"));
        }

        foreach (var name in schema.Texts("required"))
        {
            if (!map.ContainsKey(name)) result.Errors.Add(FieldError.Required(Field($"{path}.{name}")));
        }
    }

    private string Field(string path)
    {
        var inside = path.TrimStart('.');
        return root.Length == 0 ? inside : inside.Length == 0 ? root : inside.StartsWith('[') ? root + inside : $"{root}.{inside}";
    }

    private static string In(string path) => $"{path} in body";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
