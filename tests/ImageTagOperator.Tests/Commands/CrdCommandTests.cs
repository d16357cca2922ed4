using System.Text.Json.Nodes;
using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Tests.Commands;

public sealed class CrdCommandTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("no-cel", false)]
    public async Task The_committed_definitions_match_the_types(string folder, bool withRules)
    {
        foreach (var place in new[] { "config/crds", "charts/image-tag-operator/files/crds" })
        {
            var file = Path.Combine(CommandRun.RepositoryFolder(), place, folder, "imagetags.io_imagetagsets.yaml");
            var committed = await File.ReadAllTextAsync(file);
            Assert.True(committed == CrdCommand.Yaml(withRules), $"{place} is stale: run 'make crds' and commit the result");
        }
    }

    [Fact]
    public void Each_rule_is_in_the_definition_with_the_message_of_the_operator_and_none_without_CEL()
    {
        var spec = Spec(CrdCommand.Yaml());
        foreach (var rule in SpecRule.All)
        {
            var field = rule.Scope.Split('.').Skip(1).Aggregate(spec, (at, name) => at["properties"]![name]!);
            Assert.Contains(
                field["x-kubernetes-validations"]!.AsArray(),
                said => (string)said!["rule"]! == rule.Expression && (string)said["message"]! == rule.Message);
            Assert.All(rule.Replaces, keyword => Assert.Null(field[keyword]));
        }

        var older = CrdCommand.Yaml(withRules: false);
        Assert.DoesNotContain("x-kubernetes-validations", older, StringComparison.Ordinal);
        Assert.Equal(1, (long)Spec(older)["properties"]!["image"]!["maxProperties"]!);
    }

    [Fact]
    public async Task Prints_the_definition_without_CEL_on_request()
    {
        using var run = new CommandRun();
        Assert.Equal((0, CrdCommand.Yaml(withRules: false), ""), await run.TypeAsync("crd --no-cel"));
    }

    [Fact]
    public async Task The_page_on_admission_has_each_rule_and_each_warning()
    {
        const string Begin = "<!-- rules: make golden -->\n", End = "<!-- end -->";
        var file = Path.Combine(CommandRun.RepositoryFolder(), "docs", "admission.md");
        var page = await File.ReadAllTextAsync(file);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        var written = $"{page[..begin]}{Table(SpecRule.All)}\nWarnings, not errors:\n\n"
            + $"{Table(SpecRule.Warnings)}{page[end..]}";
        if (CommandRun.Rewrites) await File.WriteAllTextAsync(file, written);
        else Assert.True(page == written, "docs/admission.md is stale: run 'make golden' and commit the result");

        static string Table(IEnumerable<SpecRule> rules) => "| rule | what it says | `self` | expression |\n|---|---|---|---|\n"
            + string.Concat(rules.Select(rule => $"| {rule.Name} | {rule.Message} | `{rule.Scope}` | "
                + $"`{rule.Expression.Replace("|", "\\|", StringComparison.Ordinal)}` |\n"));
    }

    private static JsonNode Spec(string yaml) =>
        KubernetesYaml.LoadAll(yaml)[0]!["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!;
}
