using System.Text.Json;
using System.Text.Json.Nodes;
using ImageTagOperator.Commands;
using ImageTagOperator.Contracts;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Crds;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Modern;

/// <summary>The rules in CEL, evaluated by an API server, compared with the same rules in the operator.</summary>
public sealed class RuleTests
{
    /// <summary>The rule that an API server names, for specs that the schema accepts.</summary>
    public static TheoryData<string, string> Broken => new()
    {
        { "image: {name: null}", nameof(SpecRule.OneImageReference) },
        { "image: {id: 6f2b0d0e-4f1c-4f57-9a0b-2f6f3f6c1c11}", nameof(SpecRule.OneImageReference) },
        { "image: {selector: {newest: 1}}", nameof(SpecRule.OneImageReference) },
        { "tags: [lts, LTS]", nameof(SpecRule.TagsDifferInMoreThanCase) },
        { "tags: [a, 'x~Z', b, 'X~z']", nameof(SpecRule.TagsDifferInMoreThanCase) },
        { "image: {name: null, selector: {tags: [tested]}}", nameof(SpecRule.SelectorTagsStay) },
        { "image: {name: null, selector: {tags: [tested]}}\nignoreTags: [other]", nameof(SpecRule.SelectorTagsStay) },
        { "image: {name: null, selector: {tags: [golden, tested]}}", nameof(SpecRule.SelectorTagsStay) },
        { "interval: 9s", nameof(SpecRule.IntervalIsLongEnough) },
        { "interval: 9999ms", nameof(SpecRule.IntervalIsLongEnough) },
        { "cloudCredentialsRef: {profile: IMS}\ntags: ['cis-2026.1']", nameof(SpecRule.ImsTakesTags) },
        { "cloudCredentialsRef: {profile: IMS}\ntags: ['a=b=c']", nameof(SpecRule.ImsTakesTags) },
        { "cloudCredentialsRef: {profile: IMS}\ntags: ['=prod']", nameof(SpecRule.ImsTakesTags) },
        { "cloudCredentialsRef: {profile: IMS}\ntags: ['env=']", nameof(SpecRule.ImsTakesTags) },
        { "cloudCredentialsRef: {profile: IMS}\ntags: [env=prod, env=test]", nameof(SpecRule.ImsTakesOneTagOfAKey) },
        { "cloudCredentialsRef: {profile: IMS}\ntags: [env, env=test]", nameof(SpecRule.ImsTakesOneTagOfAKey) },
        {
            "cloudCredentialsRef: {profile: IMS}\ntags: [a=1, b=1, c=1, d=1, e=1, f=1, g=1, h=1, i=1, j=1, k=1]",
            nameof(SpecRule.ImsTakesFewValues)
        },
    };

    /// <summary>Valid specs that a wrong rule could reject.</summary>
    public static TheoryData<string> Kept =>
    [
        "image: {name: null, selector: {newest: 1}}",
        "tags: [a, b, ab, 'a b']",
        "image: {name: null, selector: {tags: [tested]}}\nignoreTags: [tested]",
        "image: {name: null, selector: {tags: [tested]}}\nignoreTags: ['t?sted']",
        "image: {name: null, selector: {tags: [tested]}}\npolicy: Additive",
        "interval: 10s",
        "interval: 0.5h",
        "cloudCredentialsRef: {profile: IMS}\ntags: [env=prod, envy=prod, env-2=prod, en]",
        "cloudCredentialsRef: {profile: IMS}\ntags: [a=1, b=1, c=1, d=1, e=1, f=1, g=1, h=1, i=1, j=1, k]",
        "policy: Additive\nmode: Observe\ndeletionPolicy: Restore",
    ];

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_server_and_the_operator_reject_with_the_message_of_the_rule(string yaml, string name)
    {
        var rule = SpecRule.All.Single(rule => rule.Name == name);
        var spec = new SpecCase(yaml, rule.Field, SchemaKnows: false).Spec();
        await using var world = await ModernWorld.CreateAsync();
        Assert.Contains($": {rule.Message}", await AnswerAsync(world, spec), StringComparison.Ordinal);
        Assert.EndsWith(rule.Predicate, CloudRules.Check(spec.Deserialize(ImageTagSetJson.Default.ImageTagSetSpec)!)?.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public async Task A_server_and_the_operator_accept_valid_specs(string yaml)
    {
        var spec = new SpecCase(yaml, null, SchemaKnows: false).Spec();
        await using var world = await ModernWorld.CreateAsync();
        Assert.Null(await AnswerAsync(world, spec));
        Assert.Null(CloudRules.Check(spec.Deserialize(ImageTagSetJson.Default.ImageTagSetSpec)!));
    }

    [Fact]
    public void Each_rule_has_a_spec_that_violates_it() =>
        Assert.Equal(SpecRule.All.Select(rule => rule.Name).Order(), Broken.Select(row => row.Data.Item2).Distinct().Order());

    /// <summary>This server has no admission policies. Their expressions are used as rules of another definition here.</summary>
    [Theory]
    [InlineData("tags: []", nameof(SpecRule.ExactSetHasTags))]
    [InlineData("ignoreTags: [golden]", nameof(SpecRule.DeclaredTagsAreNotIgnored))]
    [InlineData("tags: []\npolicy: Additive", null)]
    [InlineData("ignoreTags: [build]", null)]
    [InlineData("ignoreTags: [golden]\npolicy: Additive", null)]
    public async Task An_expression_of_a_warning_is_false_where_the_warning_holds(string yaml, string? name)
    {
        await using var world = (ModernWorld)await ModernWorld.CreateAsync();
        var definition = KubernetesYaml.LoadAll(CrdCommand.Yaml(withRules: false))[0]!.AsObject();
        foreach (var rule in SpecRule.Warnings)
        {
            CustomResourceDefinition.AddRule(definition, rule.Scope, rule.Expression, rule.Message, []);
        }

        var group = $"{world.Namespace}.example.com";
        (definition["metadata"]!["name"], definition["spec"]!["group"]) = ($"doubts.{group}", group);
        definition["spec"]!["names"] = new JsonObject { ["kind"] = "Doubt", ["plural"] = "doubts" };
        await world.KubectlAsync(definition.ToJsonString(), "apply", "-f", "-");
        await world.KubectlAsync(null, "wait", "--for=condition=Established", $"crd/doubts.{group}", "--timeout=60s");
        var set = new JsonObject
        {
            ["apiVersion"] = $"{group}/v1alpha1",
            ["kind"] = "Doubt",
            ["metadata"] = new JsonObject { ["name"] = "doubtful" },
            ["spec"] = new SpecCase(yaml, null, SchemaKnows: false).Spec(),
        };
        var (code, output) = await Shell.TryAsync(
            "kubectl", ["--kubeconfig", ModernWorld.ServerKubeconfig, "-n", world.Namespace, "create", "-f", "-"], set.ToJsonString());
        await world.KubectlAsync(null, "delete", "crd", $"doubts.{group}");
        if (name is null) Assert.Equal(0, code);
        else Assert.Contains(SpecRule.Warnings.Single(rule => rule.Name == name).Message, output, StringComparison.Ordinal);
    }

    private static async Task<string?> AnswerAsync(World world, JsonObject spec)
    {
        using var client = new KubernetesClient(KubernetesClientConfiguration.Build(world.Kubeconfig), ContractJson.All, "scenario/1");
        try
        {
            await client.CreateAsync(
                new RawSet { Metadata = new() { Name = "asked", NamespaceProperty = world.Namespace }, Spec = spec },
                TestContext.Current.CancellationToken);
            return null;
        }
        catch (KubernetesException e)
        {
            return e.Message;
        }
    }
}
