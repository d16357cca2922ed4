using ImageTagOperator.OpenStack.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>The YAML of clouds.yaml: accepted and rejected as by PyYAML, and never quoted in messages.</summary>
public sealed class CloudsYamlTreeTests
{
    private const string Login = "auth_url: http://k, user_id: u, password: s3cr3t";

    [Fact]
    public void An_entry_can_be_shared_by_an_anchor()
    {
        var cloud = CloudsYaml.Parse($"clouds:\n  a: {{auth: &auth {{{Login}}}}}\n  b: {{region_name: R, auth: *auth}}", "b");
        Assert.Equal(("R", "user 'u'"), (cloud.RegionName, cloud.Credential.Description));
    }

    [Theory]
    [InlineData("{<<: *one}", "One", "u1")]
    [InlineData("{<<: *one, region_name: Own}", "Own", "u1")]
    [InlineData("{region_name: Own, <<: *one}", "Own", "u1")]
    [InlineData("{<<: [*one, *two]}", "One", "u1")]
    [InlineData("{<<: [*two, *one]}", "Two", "u2")]
    [InlineData("{<<: *one, <<: *two}", "Two", "u2")]
    [InlineData("{<<: *nested}", "One", "u3")]
    [InlineData("{region_name: R, auth: {<<: *login, user_id: mine}}", "R", "mine")]
    public void Merge_keys_fill_in_missing_keys_of_a_mapping(string demo, string region, string user)
    {
        var cloud = CloudsYaml.Parse(
            $$$"""
            x-login: &login {{{{Login}}}}
            x-one: &one {region_name: One, auth: {<<: *login, user_id: u1}}
            x-two: &two {region_name: Two, auth: {<<: *login, user_id: u2}}
            x-nested: &nested {<<: *one, auth: {<<: *login, user_id: u3}}
            clouds:
              demo: {{{demo}}}
            """,
            "demo");
        Assert.Equal((region, $"user '{user}'"), (cloud.RegionName, cloud.Credential.Description));
    }

    [Theory]
    [InlineData("a: &a {b: *a}", "line 1, column 11: it names an anchor that is not there before it")]
    [InlineData("a: {<<: s3cr3t}", "line 1, column 5: '<<' must name a mapping")]
    [InlineData("a: {<<: [{b: c}, s3cr3t]}", "line 1, column 5: '<<' must name a mapping")]
    [InlineData("clouds: {demo: {auth: {password: !vault s3cr3t}}}", "a tag that only another program knows")]
    [InlineData("? {s3cr3t: x}\n: y", "a key must be a single value")]
    [InlineData("clouds: {}\n---\nclouds: {}", "a second document begins")]
    [InlineData("a: s3cr3t\na: b", "line 2, column 1: this key is there already")]
    public void Unsupported_YAML_is_rejected_with_its_place(string yaml, string expected)
    {
        var error = Assert.Throws<InvalidCloudsYamlException>(() => CloudsYaml.Parse(yaml, "demo"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    [InlineData("- ", "")]
    public void A_deeply_nested_file_is_rejected_and_does_not_crash_the_process(string open, string close)
    {
        string Nested(int depth) => "x: " + (open == "- " ? "\n" : "") + string.Concat(Enumerable.Repeat(open, depth)) + "1"
            + string.Concat(Enumerable.Repeat(close, depth)) + $"\nclouds: {{demo: {{auth: {{{Login}}}}}}}";
        Assert.Equal("demo", CloudsYaml.Parse(Nested(31), "demo").Name);
        foreach (var depth in new[] { 32, 10_000 })
        {
            var error = Assert.Throws<InvalidCloudsYamlException>(() => CloudsYaml.Parse(Nested(depth), "demo"));
            Assert.Contains("nested deeper than 32 levels at line", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Aliases_of_aliases_are_cheap()
    {
        var levels = Enumerable.Range(1, 30).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        var yaml = $"a0: &a0 [x]\n{string.Concat(levels)}clouds: {{demo: {{auth: {{{Login}}}}}}}";
        Assert.Equal("demo", CloudsYaml.Parse(yaml, "demo").Name);
    }

    [Fact]
    public void A_key_with_a_dash_and_with_an_underscore_is_a_duplicate()
    {
        Assert.Equal("http://k/v3",
            CloudsYaml.Parse("clouds: {my-demo: {auth: {auth-url: http://k, user-id: u, password: x}}}", "my-demo").AuthUrl.AbsoluteUri);
        var error = Assert.Throws<InvalidCloudsYamlException>(
            () => CloudsYaml.Parse("clouds:\n  demo:\n    auth: {auth-url: http://k, auth_url: http://s3cr3t}", "demo"));
        Assert.Contains("'auth_url' is there twice", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.Message, StringComparison.Ordinal);
    }
}
