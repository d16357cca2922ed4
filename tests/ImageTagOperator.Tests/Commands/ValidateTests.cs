using System.Text.Json;
using System.Text.Json.Nodes;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Commands;

/// <summary><c>validate</c>, offline.</summary>
public sealed class ValidateTests
{
    private const string Good = """
        apiVersion: imagetags.io/v1alpha1
        kind: ImageTagSet
        metadata: {name: NAME, namespace: images}
        spec:
          cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
          image: {name: ubuntu-24.04}
          tags: [golden]

        """;

    /// <summary><c>validate</c> alone finds everything that the API server and the operator find together.</summary>
    [Theory]
    [MemberData(nameof(SpecCase.All), MemberType = typeof(SpecCase))]
    public async Task Reports_the_errors_of_the_schema_and_the_operator_for_each_spec(SpecCase spec)
    {
        using var run = new CommandRun();
        var set = new JsonObject
        {
            ["apiVersion"] = "imagetags.io/v1alpha1",
            ["kind"] = "ImageTagSet",
            ["metadata"] = new JsonObject { ["name"] = "one" },
            ["spec"] = spec.Spec(),
        };
        run.Write("set.json", set.ToJsonString());
        var (code, output, _) = await run.TypeAsync("validate -f set.json -o json");
        var errors = JsonNode.Parse(output)!.AsArray().Where(error => (string?)error!["severity"] == "error").ToArray();
        if (spec.Field is null) Assert.True(code == 0 && errors.Length == 0, output);
        else Assert.True(code == 1 && errors.All(error => ((string)error!["field"]!).StartsWith(spec.Field, StringComparison.Ordinal))
            && errors.Length > 0, output);
    }

    [Fact]
    public async Task Names_file_document_line_and_field()
    {
        using var run = new CommandRun();
        run.Write("sets/a.yaml", "kind: ConfigMap\n---\n" + Good.Replace("NAME", "a", StringComparison.Ordinal)
            .Replace("tags:", "tag:", StringComparison.Ordinal));
        run.Write("sets/deeper/b.yml", Good.Replace("NAME", "b", StringComparison.Ordinal) + "  interval: 9s\n  suspend: 'no'\n");
        run.Write("sets/deeper/c.yaml", "kind: List\nitems:\n- " + Good.Replace("NAME", "C_c", StringComparison.Ordinal)
            .Replace("[golden]", "[on, a/b, lts, LTS]", StringComparison.Ordinal).TrimEnd().ReplaceLineEndings("\n  ") + "\n");
        run.Write("sets/chart/template.yaml", "{{ if x }}");
        await run.IsGoldenAsync("validate", "validate -f sets");
    }

    [Theory]
    [InlineData(
        "yesterday", 1, "bad.yaml:3: document 1, ImageTagSet images/x: metadata.creationTimestamp 'yesterday' is not a date-time.\n")]
    [InlineData("null", 0, "1 ImageTagSet checked, all good.\n")]
    [InlineData("'2026-03-02T09:00:00Z'", 0, "1 ImageTagSet checked, all good.\n")]
    public async Task A_time_is_valid_or_absent(string time, int code, string expected)
    {
        using var run = new CommandRun();
        run.Write("bad.yaml", Good.Replace("NAME,", $"x, creationTimestamp: {time},", StringComparison.Ordinal));
        var (ended, output, _) = await run.TypeAsync("validate -f bad.yaml");
        Assert.Equal(code, ended);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_conflicts_and_duplicates()
    {
        using var run = new CommandRun();
        run.Write("sets.yaml",
            string.Join("---\n", new[] { "a", "b", "b" }.Select(name => Good.Replace("NAME", name, StringComparison.Ordinal))));
        await run.IsGoldenAsync("validate-conflict", "validate -f sets.yaml");
    }

    [Fact]
    public async Task Additive_sets_share_an_image_and_an_observing_set_does_not_conflict()
    {
        using var run = new CommandRun();
        run.Write("additive.yaml", string.Join("---\n",
            new[] { "a", "b" }.Select(name => Good.Replace("NAME", name, StringComparison.Ordinal) + "  policy: Additive\n")));
        run.Write("observe.yaml", Good.Replace("NAME", "c", StringComparison.Ordinal) + "  mode: Observe\n");
        Assert.Equal((0, "3 ImageTagSets checked, all good.\n", ""), await run.TypeAsync("validate -f additive.yaml -f observe.yaml"));
    }

    [Theory]
    [InlineData("validate -f nowhere.yaml", "There is no file or folder nowhere.yaml. Correct -f.\n")]
    [InlineData("validate -f other.yaml",
        "There is no ImageTagSet of imagetags.io in other.yaml. Name the files or the folder that have them with -f.\n")]
    [InlineData("plan -f broken.yaml", "broken.yaml: line 2, column 1: ")]
    [InlineData("plan -f bad.yaml", "bad.yaml:8: document 1, ImageTagSet images/x: spec.nothing is not a field that is known here")]
    public async Task An_error_names_the_file_and_what_to_do(string command, string expected)
    {
        using var run = new CommandRun();
        run.Write("other.yaml", "kind: ConfigMap\n");
        run.Write("broken.yaml", "kind: [\n");
        run.Write("bad.yaml", Good.Replace("NAME", "x", StringComparison.Ordinal) + "  nothing: 1\n");
        var (code, output, error) = await run.TypeAsync(command);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image: {name: ubuntu-24.04}", "image: ubuntu-24.04",
        "-:6: document 1, ImageTagSet images/x: spec.image must be of type object, and is of type string: write its fields below it "
        + "(id, name, selector).\n")]
    [InlineData("image: {name: ubuntu-24.04}", "image: [{name: ubuntu-24.04}]", ": spec.image must be of type object, and is of type array")]
    [InlineData("image: {name: ubuntu-24.04}", "image: {selector: ubuntu}", ": spec.image.selector must be of type object")]
    [InlineData("tags: [golden]", "tags: golden", ": spec.tags must be of type array, and is of type string: write it as a list")]
    [InlineData("tags: [golden]", "tags: [lts, lts]", "'lts' is there more than once. Leave one out.\n")]
    [InlineData("secretName: openstack-clouds, ", "", ": spec.cloudCredentialsRef.secretName is missing.\n")]
    [InlineData("secretName: openstack-clouds", "secretName: Clouds",
        ": spec.cloudCredentialsRef.secretName 'Clouds' is not the name of a Secret. Use lower case letters, digits, '-' and '.'.\n")]
    [InlineData("name: x", "name: My set",
        ": metadata.name 'My set' is not a name for Kubernetes. Use lower case letters, digits, '-' and '.', with a letter or digit at "
        + "both ends.\n")]
    [InlineData("namespace: images", "namespace: a.b", ": metadata.namespace 'a.b' is not a name for Kubernetes.")]
    [InlineData("  tags: [golden]", "  tags:\n\t- golden", "-: line 8, column 1: a tab indents this line; use spaces.\n")]
    [InlineData("tags: [golden]", "tags: [*golden]",
        "-: line 7, column 10: there is no anchor for *golden; to mean this text, put it in quotes.\n")]
    [InlineData("name: x", "name: {{ .Name }}", "a key must be a string; if this is a template with {{ }}, render it first\n")]
    public async Task A_typo_is_reported_with_its_place_and_remedy(string right, string wrong, string expected)
    {
        using var run = new CommandRun();
        var (code, output, error) = await run.TypeAsync(
            "validate -f -", Good.Replace("NAME", "x", StringComparison.Ordinal).Replace(right, wrong, StringComparison.Ordinal));
        Assert.Equal((1, ""), (code, error));
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spec_that_is_not_an_object_hides_no_other_manifest()
    {
        using var run = new CommandRun();
        var bad = Good.Replace("NAME", "z", StringComparison.Ordinal).Replace("tags:", "tag:", StringComparison.Ordinal);
        var (code, output, error) = await run.TypeAsync(
            "validate -f -", $"apiVersion: imagetags.io/v1alpha1\nkind: ImageTagSet\nmetadata: {{name: x}}\nspec: ubuntu\n---\n{bad}");
        Assert.Equal((1, ""), (code, error));
        Assert.Contains("ImageTagSet x: spec must be of type object", output, StringComparison.Ordinal);
        Assert.Contains("ImageTagSet images/z: spec.tags is missing.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_standard_input()
    {
        using var run = new CommandRun();
        Assert.Equal((0, "1 ImageTagSet checked, all good.\n", ""),
            await run.TypeAsync("validate -f -", Good.Replace("NAME", "x", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Prints_errors_for_programs()
    {
        using var run = new CommandRun();
        run.Write("bad.yaml", Good.Replace("NAME", "x", StringComparison.Ordinal) + "  nothing: 1\n");
        var (_, output, _) = await run.TypeAsync("validate -f bad.yaml -o json");
        var error = JsonDocument.Parse(output).RootElement[0];
        Assert.Equal(("bad.yaml", 1, 8, "images/x", "spec.nothing"),
            (error.GetProperty("file").GetString()!, error.GetProperty("document").GetInt32(), error.GetProperty("line").GetInt32(),
            error.GetProperty("set").GetString()!, error.GetProperty("field").GetString()!));
    }
}
