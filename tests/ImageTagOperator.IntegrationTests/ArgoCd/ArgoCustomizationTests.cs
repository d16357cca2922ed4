using System.Text.Json.Nodes;
using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes.Schema.Validation;
using ImageTagOperator.Kubernetes.Yaml;
using Xunit;

namespace ImageTagOperator.IntegrationTests.ArgoCd;

/// <summary>Runs the tests beside the scripts, which have the format of Argo CD's own repository, as that repository does.</summary>
public sealed class ArgoCustomizationTests
{
    private const string RequestedAt = "imagetags.io/requested-at";

    public static TheoryData<string> Health => [.. Tests("health_test.yaml", "tests").Select(Input)];

    public static TheoryData<string> Discoveries => [.. Tests("actions/action_test.yaml", "discoveryTests").Select(Input)];

    public static TheoryData<string> Actions => [.. Tests("actions/action_test.yaml", "actionTests").Select(test => (string)test["action"]!)];

    [Theory]
    [MemberData(nameof(Health))]
    public async Task Health_is_as_expected(string input)
    {
        var expected = Tests("health_test.yaml", "tests").Single(test => Input(test) == input)["healthStatus"]!;
        var health = await ArgoSettings.Committed.HealthAsync(Read(input));
        Assert.Equal(
            ((string)expected["status"]!, (string)expected["message"]!), ((string)health["status"]!, (string)health["message"]!));
    }

    [Theory]
    [MemberData(nameof(Discoveries))]
    public async Task Actions_are_offered_as_expected(string input)
    {
        var expected = Tests("actions/action_test.yaml", "discoveryTests").Single(test => Input(test) == input)["result"]!.AsArray();
        Assert.Equal(
            expected.Where(action => !(bool)action!["disabled"]!).Select(action => (string)action!["name"]!).Order(),
            await ArgoSettings.Committed.OfferedAsync(Read($"actions/{input}")));
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task An_action_changes_what_is_expected(string action)
    {
        var test = Tests("actions/action_test.yaml", "actionTests").Single(test => (string)test["action"]! == action);
        var changed = await ArgoSettings.Committed.ActAsync(action, Read($"actions/{Input(test)}"));
        if (changed["metadata"]!["annotations"] is { } annotations) annotations[RequestedAt] = "0001-01-01T00:00:00Z";
        Assert.True(
            JsonNode.DeepEquals(Read($"actions/{test["expectedOutputPath"]}"), changed), $"{action} gives {changed.ToJsonString()}");
    }

    /// <summary>An example that the API server rejects would prove nothing.</summary>
    [Fact]
    public void The_API_server_accepts_every_example()
    {
        var schema = KubernetesYaml.LoadAll(CrdCommand.Yaml())[0]["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject();
        var files = Directory.EnumerateFiles(ArgoSettings.Customization, "*.yaml", SearchOption.AllDirectories)
            .Where(file => file.Contains("/testdata/", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Empty(SchemaValidator.Validate(schema, KubernetesYaml.LoadAll(File.ReadAllText(file))[0])
            .Select(error => $"{file}: {error}")));
    }

    private static string Input(JsonNode test) => (string)test["inputPath"]!;

    private static IEnumerable<JsonNode> Tests(string file, string list) => Read(file)[list]!.AsArray().Select(test => test!);

    private static JsonNode Read(string path) =>
        KubernetesYaml.LoadAll(File.ReadAllText(Path.Combine(ArgoSettings.Customization, path)))[0];
}
