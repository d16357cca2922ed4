using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>YAML of users that some parser misread.</summary>
public sealed class YamlReports
{
    // aaubry/YamlDotNet#541
    [Theory]
    [InlineData(
        "clouds:\n  demo:\n    auth: {auth_url: http://k/v3, username: u, password: s3cr3t, user_domain_name: Default\n    region_name: R\n", 4)]
    [InlineData("clouds:\n  demo:\n    auth: {auth_url: http://k/v3, username: u, password: s3cr3t,\n    region_name: R\n", 4)]
    [InlineData("clouds:\n  demo:\n    regions: [R\n    auth: {auth_url: http://k/v3}\n", 4)]
    public void An_unclosed_bracket_in_clouds_yaml_is_named_by_its_line(string yaml, int line)
    {
        var error = Assert.Throws<InvalidCloudsYamlException>(() => CloudsYaml.Parse(yaml, "demo"));
        Assert.StartsWith($"clouds.yaml is not valid YAML at line {line}, column ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tab_in_clouds_yaml_is_named_by_its_line()
    {
        const string yaml = "clouds:\n  demo:\n    auth:\n\tpassword: s3cr3t\n";
        var error = Assert.Throws<InvalidCloudsYamlException>(() => CloudsYaml.Parse(yaml, "demo"));
        Assert.Equal("clouds.yaml is not valid YAML at line 4: a tab indents it. Use spaces.", error.Message);
    }

    // aaubry/YamlDotNet#541
    [Theory]
    [InlineData("spec: {tags: [a\nkind: x\n")]
    [InlineData("a: [b\nc: d\n")]
    [InlineData("a: {b\nc: d\n")]
    [InlineData("a: \"b\nc: d\n")]
    public void An_unclosed_bracket_in_a_manifest_is_named_by_its_file_and_line(string yaml)
    {
        var error = Assert.Throws<FormatException>(() => KubernetesYaml.LoadDocuments(yaml, "sets.yaml"));
        Assert.Matches("^sets.yaml: line [123], column [0-9]+: ", error.Message);
    }

    // aaubry/YamlDotNet#541
    [Fact]
    public void An_unclosed_bracket_in_a_kubeconfig_is_named_by_its_file_and_line()
    {
        using var folder = new KubeconfigFolder();
        var path = folder.Write("config", "clusters: [{name: c, cluster: {server: https://x\ncurrent-context: x\n");
        var error = Assert.Throws<KubernetesConfigurationException>(() => folder.Find(path));
        Assert.StartsWith($"{path}: line 2, column ", error.Message, StringComparison.Ordinal);
    }

    // astronomer/docs#261
    [Fact]
    public void A_no_break_space_is_escaped_in_written_YAML_and_read_back()
    {
        var node = new JsonObject { ["two lines"] = "a\u00a0b\n\u3000c\n", ["one\u00a0line"] = "\u2003" };
        var yaml = KubernetesYaml.Serialize(node);
        Assert.All(yaml, c => Assert.InRange(c, '\n', '~'));
        Assert.True(JsonNode.DeepEquals(node, KubernetesYaml.LoadAll(yaml)[0]), yaml);
    }

    // kubernetes-client/java#1802, kubernetes/kubernetes#21062
    [Theory]
    [InlineData("contexts: null\n")]
    [InlineData("contexts: []\n")]
    [InlineData("contexts: [{name: prod, context: {cluster: c}}]\n")]
    [InlineData("")]
    public void A_missing_current_context_is_named(string contexts)
    {
        using var folder = new KubeconfigFolder();
        var path = folder.Write("config", $"clusters: [{{name: c, cluster: {{server: 'https://x'}}}}]\ncurrent-context: dev\n{contexts}");
        var error = Assert.Throws<KubernetesConfigurationException>(() => folder.Find(path));
        Assert.Equal($"{path}: there is no context 'dev' under contexts.", error.Message);
    }
}
