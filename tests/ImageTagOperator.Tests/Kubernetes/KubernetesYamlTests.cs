using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Yaml;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

public sealed class KubernetesYamlTests
{
    [Theory]
    [InlineData("true", "true")]
    [InlineData("yes", "true")]
    [InlineData("on", "true")]
    [InlineData("Off", "false")]
    [InlineData("n", "false")]
    [InlineData("null", "null")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("12", "12")]
    [InlineData("-12", "-12")]
    [InlineData("0x1F", "31")]
    [InlineData("0o17", "15")]
    [InlineData("017", "15")]
    [InlineData("09", "9")]
    [InlineData("0b101", "5")]
    [InlineData("1_000", "1000")]
    [InlineData("1.5", "1.5")]
    [InlineData("1e3", "1000")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("24.04", "24.04")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("2026-01-02", "\"2026-01-02\"")]
    [InlineData("2026-01-02T03:04:05Z", "\"2026-01-02T03:04:05Z\"")]
    [InlineData("12:30", "\"12:30\"")]
    [InlineData("abc", "\"abc\"")]
    [InlineData("\"12\"", "\"12\"")]
    [InlineData("'true'", "\"true\"")]
    [InlineData("!!str 12", "\"12\"")]
    public void Scalars_are_read_as_kubectl_reads_them(string yaml, string json) =>
        Assert.Equal(json, Assert.Single(KubernetesYaml.LoadAll($"a: {yaml}"))["a"]?.ToJsonString() ?? "null");

    [Fact]
    public void All_documents_are_read_and_empty_ones_are_skipped() =>
        Assert.Equal(["{\"a\":1}", "{\"b\":[2,{\"c\":null}]}"], KubernetesYaml.LoadAll("---\na: 1\n---\n# nothing\n---\nb: [2, {c: }]\n")
            .Select(node => node.ToJsonString()));

    [Fact]
    public void Anchors_and_merge_keys_are_resolved() =>
        Assert.Equal(
            "{\"base\":{\"x\":1,\"z\":2},\"more\":{\"x\":9,\"z\":2}}",
            Sorted(Assert.Single(KubernetesYaml.LoadAll("base: &b {x: 1, z: 2}\nmore:\n  <<: *b\n  x: 9\n"))));

    [Theory]
    [InlineData("a: [1")]
    [InlineData("a: 1\na: 2")]
    [InlineData("a: .inf")]
    [InlineData("? [1]\n: 2")]
    public void Errors_name_the_file_and_the_line(string yaml)
    {
        var error = Assert.Throws<FormatException>(() => KubernetesYaml.LoadAll(yaml, "set.yaml"));
        Assert.Matches("^set\\.yaml: line \\d+, column \\d+: .", error.Message);
    }

    [Fact]
    public void A_small_file_cannot_expand_to_a_huge_one()
    {
        var yaml = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(
            Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(",", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Assert.Throws<FormatException>(() => KubernetesYaml.LoadAll(yaml));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("yes")]
    [InlineData("12")]
    [InlineData("1e3")]
    [InlineData("null")]
    [InlineData(".nan")]
    [InlineData("a: b")]
    [InlineData("a:b")]
    [InlineData("ends:")]
    [InlineData("a #b")]
    [InlineData("a#b")]
    [InlineData("- a")]
    [InlineData("-")]
    [InlineData("---")]
    [InlineData("...")]
    [InlineData(" lead")]
    [InlineData("trail ")]
    [InlineData("'quote'")]
    [InlineData("say \"hi\" \\ there")]
    [InlineData("tab\there")]
    [InlineData("*star")]
    [InlineData("&amp")]
    [InlineData("!tag")]
    [InlineData("%percent")]
    [InlineData("@at")]
    [InlineData("{a}")]
    [InlineData("<<")]
    [InlineData("=")]
    [InlineData("^[!-.0-~]([ -.0-~]*[!-.0-~])?$")]
    [InlineData("two\nlines")]
    [InlineData("two\nlines\n")]
    [InlineData("two\n\nlines\n\n\n")]
    [InlineData("\nlead")]
    [InlineData(" lead\nline")]
    [InlineData("trail \nline")]
    [InlineData("carriage\r\nline")]
    [InlineData("\n")]
    [InlineData("grüße 😀")]
    [InlineData("grüße 😀\nline")]
    [InlineData("\u0085\u2028\ufeff\ufffe\u007f\u0001")]
    [InlineData("a\u202eb\u2066c\u200bd")]
    [InlineData("several\nlines\u202ethat turn")]
    [InlineData("\U000e0001tag")]
    [InlineData("2026-01-02")]
    public void Every_string_survives_a_round_trip(string value)
    {
        var node = new JsonObject { [value] = value,
            ["list"] = new JsonArray(value, new JsonObject { ["x"] = value, ["y"] = 1 }, new JsonArray(value)), ["after"] = 1 };
        var yaml = KubernetesYaml.Serialize(node);
        Assert.True(JsonNode.DeepEquals(node, Assert.Single(KubernetesYaml.LoadAll(yaml))), yaml);
        Assert.Equal(yaml, VisibleText.Lines(yaml));
    }

    [Fact]
    public void Output_looks_like_handwritten_YAML() => Assert.Equal(
        """
        a: 1
        b:
        - x: plain
          z:
          - deep
        - "yes"
        c: {}
        d: []
        e: |
          two
          lines
        f: null

        """,
        KubernetesYaml.Serialize(
            JsonNode.Parse("""{"a":1,"b":[{"x":"plain","z":["deep"]},"yes"],"c":{},"d":[],"e":"two\nlines\n","f":null}""")!));

    /// <summary>kubectl rejects half a surrogate pair, escaped or not.</summary>
    [Fact]
    public void An_emoji_is_one_character_and_half_of_one_is_invalid()
    {
        Assert.Equal("a: \"golden \\U0001F600\"\n", KubernetesYaml.Serialize(new JsonObject { ["a"] = "golden 😀" }));
        Assert.Equal("a: \"half \ufffd\"\n", KubernetesYaml.Serialize(new JsonObject { ["a"] = "half " + "😀"[0] }));
    }

    [Fact]
    public void A_key_longer_than_YAML_allows_before_a_colon_gets_the_long_form()
    {
        var node = new JsonObject { [new string('k', 1025)] = "x" };
        var yaml = KubernetesYaml.Serialize(node);
        Assert.StartsWith("? k", yaml, StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(node, Assert.Single(KubernetesYaml.LoadAll(yaml))), yaml);
        Assert.Equal(yaml, VisibleText.Lines(yaml));
    }

    private static string Sorted(JsonNode node) => node switch
    {
        JsonObject map => "{" + string.Join(",", map.OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => $"\"{field.Key}\":{Sorted(field.Value!)}")) + "}",
        _ => node.ToJsonString(),
    };
}
