using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Architecture;

/// <summary>docs/api-stability.md and docs/expectations.md match the code.</summary>
public sealed partial class ApiStabilityTests
{
    private static readonly string Repository = CommandRun.RepositoryFolder();

    [Fact]
    public void Each_field_has_a_stability()
    {
        var schema = KubernetesYaml.LoadAll(CrdCommand.Yaml())[0]["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!;
        var fields = Fields("spec", schema["spec"]!, 3).Concat(Fields("status", schema["status"]!, 1))
            .Concat(Fields("status.images[]", schema["status"]!["properties"]!["images"]!["items"]!, 1));
        var listed = Verdict().Matches(Read("docs/api-stability.md")).Select(row => row.Groups[1].Value);
        Assert.Equal(fields.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    /// <summary>The plan applies as long as no version needs a conversion.</summary>
    [Fact]
    public void There_is_one_version_and_the_status_is_a_subresource()
    {
        var definition = KubernetesYaml.LoadAll(CrdCommand.Yaml())[0]["spec"]!;
        var version = Assert.Single(definition["versions"]!.AsArray())!;
        Assert.Equal("v1alpha1", (string?)version["name"]);
        Assert.NotNull(version["subresources"]!["status"]);
        Assert.Null(definition["conversion"]);
    }

    [Fact]
    public void Each_expectation_names_an_existing_test_target_or_file()
    {
        var classes = Directory.EnumerateFiles(Path.Combine(Repository, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet();
        var targets = Target().Matches(Read("Makefile")).Select(target => target.Groups[1].Value).ToHashSet();
        var rows = Read("docs/expectations.md").Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| expectation", StringComparison.Ordinal))
            .ToArray();
        Assert.True(rows.Length > 25, $"there are {rows.Length} rows");
        foreach (var row in rows)
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries)[1..^1];
            Assert.True(cells.Length == 4, row);
            var proofs = Code().Matches(cells[3]).Select(code => code.Groups[1].Value).ToArray();
            Assert.True(proofs.Length > 0, $"no proof: {row}");
            foreach (var proof in proofs)
            {
                Assert.True(
                    classes.Contains(proof) || (proof.StartsWith("make ", StringComparison.Ordinal) && targets.Contains(proof[5..]))
                        || Path.Exists(Path.Combine(Repository, proof)),
                    $"there is no {proof}: {row}");
            }
        }
    }

    private static IEnumerable<string> Fields(string path, JsonNode schema, int depth) => depth == 0 ? []
        : (schema["properties"]?.AsObject() ?? []).SelectMany(
            field => Fields($"{path}.{field.Key}", field.Value!, depth - 1).Prepend($"{path}.{field.Key}"));

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository, path));

    [GeneratedRegex(@"^\| `((?:spec|status)[^`]*)` \|", RegexOptions.Multiline)]
    private static partial Regex Verdict();

    [GeneratedRegex(@"^([a-z0-9-]+):", RegexOptions.Multiline)]
    private static partial Regex Target();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
