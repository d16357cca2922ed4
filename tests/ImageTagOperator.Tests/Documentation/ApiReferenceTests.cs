using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Schema.Validation;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Documentation;

/// <summary>docs/api-reference.md describes every field of the definition, with an example from the manifests in that page.</summary>
public sealed class ApiReferenceTests
{
    private const string Begin = "<!-- fields -->\n";
    private const string End = "<!-- /fields -->\n";

    private static readonly string File = Path.Combine(CommandRun.RepositoryFolder(), "docs", "api-reference.md");

    private static readonly JsonObject Schema = KubernetesYaml
        .LoadAll(System.IO.File.ReadAllText(
            Path.Combine(CommandRun.RepositoryFolder(), "config", "crds", "imagetags.io_imagetagsets.yaml")))[0]["spec"]!["versions"]![0]![
                "schema"]!["openAPIV3Schema"]!.AsObject();

    [Fact]
    public async Task The_page_has_every_field_of_the_definition()
    {
        var page = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        var examples = Examples(page);
        var text = new StringBuilder();
        foreach (var part in new[] { "spec", "status" })
        {
            text.Append(null, $"\n## {part}\n{Schema["properties"]![part]!["description"]}\n\n");
            text.Append("| field | type | default | example | meaning |\n|---|---|---|---|---|\n");
            foreach (var (path, schema, isRequired) in Fields(Schema["properties"]![part]!.AsObject(), part)) text.Append(null,
                $"| `{path}`{(isRequired ? " (required)" : "")} | {Type(schema)} | {Code(schema["default"])} | {Example(path, schema, examples)} | "
                    + $"{Cell((string?)schema["description"] ?? "")} |\n");
        }

        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        var current = page[..begin] + text + "\n" + page[end..];
        if (Environment.GetEnvironmentVariable("ITO_WRITE_DOCS") is not null) await System.IO.File.WriteAllTextAsync(
            File, current, TestContext.Current.CancellationToken);
        else Assert.True(page == current, "docs/api-reference.md is stale. With ITO_WRITE_DOCS=1 this test writes it");
    }

    [Fact]
    public void The_examples_are_valid()
    {
        foreach (var example in Examples(System.IO.File.ReadAllText(File))) Assert.Empty(SchemaValidator.Validate(Schema, example));
    }

    private static JsonObject[] Examples(string page) =>
    [
        .. page.Split("```yaml\n").Skip(1).SelectMany(block => KubernetesYaml.LoadAll(block.Split("```")[0]))
            .Select(node => node.AsObject()),
    ];

    private static IEnumerable<(string Path, JsonObject Schema, bool IsRequired)> Fields(JsonObject parent, string path)
    {
        if (parent["items"] is JsonObject items && items["properties"] is not null) return Fields(items, path + "[]");
        var required = (parent["required"] as JsonArray ?? []).Select(name => (string)name!).ToArray();
        return
            from property in parent["properties"] as JsonObject ?? []
            let name = $"{path}.{property.Key}"
            let schema = property.Value!.AsObject()
            from field in Fields(schema, name).Prepend((name, schema, required.Contains(property.Key)))
            select field;
    }

    private static string Type(JsonObject schema)
    {
        var type = (string)schema["type"]!;
        if (schema["enum"] is JsonArray values) return string.Join(", ", values.Select(value => $"`{value}`"));
        if (type == "array") type = $"list of {(string)schema["items"]!["type"]!}s";
        if (schema["additionalProperties"] is not null) type = "map of strings";
        if (schema["format"] is { } format && (string?)format == "date-time") type = "time";
        return type + Range(schema, "minLength", "maxLength", " characters") + Range(schema, "minItems", "maxItems", " items")
            + Range(schema, "minimum", "maximum", "");
    }

    private static string Range(JsonObject schema, string least, string most, string unit) => (Number(schema[least]), Number(schema[most]))
        switch
        {
            (null, null) => "",
            ({ } from, null) => $", at least {from}{unit}",
            (null or "0", { } to) => $", at most {to}{unit}",
            var (from, to) => $", {from} to {to}{unit}",
        };

    private static string? Number(JsonNode? node) => node?.GetValue<long>().ToString(CultureInfo.InvariantCulture);

    /// <summary>The value in the first manifest that has the field. An object needs none: its fields have examples.</summary>
    private static string Example(string path, JsonObject schema, IEnumerable<JsonObject> manifests)
    {
        // A status contains a copy of the spec.image that selected the images.
        var inSpec = path.Replace("status.image.", "spec.image.", StringComparison.Ordinal);
        var value = manifests.Select(manifest => At(manifest, path) ?? At(manifest, inSpec)).FirstOrDefault(node => node is not null);
        Assert.True(value is not null, $"no manifest in docs/api-reference.md has {path}");
        if (schema["additionalProperties"] is not null)
            return $"`{string.Join(", ", value!.AsObject().Select(pair => $"{pair.Key}: {pair.Value}"))}`";
        return value is JsonObject || (value is JsonArray { Count: > 0 } list && list[0] is JsonObject) ? "" : Code(value);
    }

    private static JsonNode? At(JsonNode? node, string path)
    {
        foreach (var name in path.Replace("[]", ".[]", StringComparison.Ordinal).Split('.'))
        {
            node = name == "[]" ? (node as JsonArray)?.FirstOrDefault() : (node as JsonObject)?[name];
        }

        return node;
    }

    private static string Code(JsonNode? value) => value switch
    {
        null => "",
        JsonArray list => $"`[{string.Join(", ", list)}]`",
        _ => $"`{value}`",
    };

    private static string Cell(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);
}
