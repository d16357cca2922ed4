using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Architecture;

/// <summary>The public parts of a release: the chart on Artifact Hub, kubectl's plugin, signatures. Only a forge can run the whole
/// workflow.</summary>
public sealed partial class PublishingTests
{
    private static readonly string Repository = CommandRun.RepositoryFolder();

    private static readonly JsonNode Chart = Yaml(Read("charts/image-tag-operator/Chart.yaml"));

    [Fact]
    public void Artifact_Hub_gets_the_current_definition()
    {
        var definition = Yaml(CrdCommand.Yaml());
        var listed = Annotation("crds").AsArray().Single()!;
        Assert.Equal((string)definition["metadata"]!["name"]!, (string)listed["name"]!);
        Assert.Equal((string)definition["spec"]!["names"]!["kind"]!, (string)listed["kind"]!);
        Assert.Equal((string)definition["spec"]!["versions"]![0]!["name"]!, (string)listed["version"]!);
        var kinds = Annotation("changes").AsArray().Select(change => (string)change!["kind"]!);
        Assert.Subset(new HashSet<string> { "added", "changed", "deprecated", "removed", "fixed", "security" }, kinds.ToHashSet());
        Assert.All(Annotation("links").AsArray(), link => Assert.StartsWith("https://", (string)link!["url"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_example_on_Artifact_Hub_is_valid()
    {
        using var run = new CommandRun();
        run.Write("example.yaml", KubernetesYaml.Serialize(Annotation("crdsExamples").AsArray().Single()!.DeepClone()));
        var (code, output, error) = await run.TypeAsync("validate -f example.yaml");
        Assert.True(code == 0, output + error);
    }

    [Fact]
    public async Task The_plugin_of_kubectl_is_the_program_under_another_name()
    {
        using var run = new CommandRun();
        run.Write("program", "#!/bin/sh\necho the program\n");
        foreach (var architecture in new[] { "amd64", "arm64" }) await KrewAsync("archive", File("program"), Archive(architecture));
        const string Url = "https://git.example.com/team/image-tag-operator/releases/download/v1.2.3";
        var plugin = Yaml(await KrewAsync("manifest", "1.2.3", Url, Archive("amd64"), Archive("arm64")));
        Assert.Equal("imagetags", (string)plugin["metadata"]!["name"]!);
        Assert.Equal("v1.2.3", (string)plugin["spec"]!["version"]!);
        Assert.Equal("https://git.example.com/team/image-tag-operator", (string)plugin["spec"]!["homepage"]!);
        Assert.Equal(["amd64", "arm64"],
            plugin["spec"]!["platforms"]!.AsArray().Select(platform => (string)platform!["selector"]!["matchLabels"]!["arch"]!));
        foreach (var platform in plugin["spec"]!["platforms"]!.AsArray())
        {
            var architecture = (string)platform!["selector"]!["matchLabels"]!["arch"]!;
            Assert.Equal($"{Url}/{Path.GetFileName(Archive(architecture))}", (string)platform["uri"]!);
            await using var archive = System.IO.File.OpenRead(Archive(architecture));
            Assert.Equal(
                Convert.ToHexStringLower(await SHA256.HashDataAsync(archive, TestContext.Current.CancellationToken)), (string)platform["sha256"]!);
            Assert.Equal("the program\n", await BashAsync($"tar -xzf {Archive(architecture)} -C {run.Folder} && {File((string)platform["bin"]!)}"));
            Assert.True(System.IO.File.Exists(File("LICENSE")), "a plugin must bring its license");
        }

        string File(string name) => Path.Combine(run.Folder, name);
        string Archive(string architecture) => File($"kubectl-imagetags-linux-{architecture}.tar.gz");
        Task<string> KrewAsync(params string[] arguments) => BashAsync($"hack/krew.sh {string.Join(' ', arguments)}");
    }

    [Fact]
    public void The_release_contains_the_files_that_other_tools_download()
    {
        var release = Read(".github/workflows/release.yaml");
        // the action
        Assert.Contains("program/image-tag-operator-linux-${{ matrix.arch }}\n", release, StringComparison.Ordinal);
        Assert.Contains("/image-tag-operator-linux-$architecture}\"", Read("docs/ci/github-action.sh"), StringComparison.Ordinal);
        // krew
        Assert.Contains("\"program/kubectl-imagetags-linux-$architecture.tar.gz\"", release, StringComparison.Ordinal);
        Assert.Contains("program/kubectl-imagetags-linux-*.tar.gz >program/imagetags.yaml", release, StringComparison.Ordinal);
        // The SBOM, made by a tool of a pinned version.
        Assert.Contains("mv artifacts/sbom/image-tag-operator.cdx.json program/\n", release, StringComparison.Ordinal);
        Assert.Contains("--output artifacts/sbom --filename image-tag-operator.cdx.json\n", Read("Makefile"), StringComparison.Ordinal);
        var command = (string)JsonNode.Parse(Read(".config/dotnet-tools.json"))!["tools"]!["cyclonedx"]!["commands"]![0]!;
        Assert.Contains($"dotnet tool run {command} ", Read("Makefile"), StringComparison.Ordinal);
        Assert.Contains("--generate-notes program/*\n", release, StringComparison.Ordinal);
    }

    [Fact]
    public void Release_files_are_signed_by_digest_and_have_a_provenance()
    {
        var steps = Yaml(Read(".github/workflows/release.yaml"))["jobs"]!["publish"]!["steps"]!.AsArray();
        var permissions = Yaml(Read(".github/workflows/release.yaml"))["jobs"]!["publish"]!["permissions"]!;
        Assert.Equal(("write", "write"), ((string)permissions["id-token"]!, (string)permissions["attestations"]!));
        var names = steps.Select(step => (string?)step!["name"] ?? (string?)step["uses"]).ToList();
        var signatures = (string)Step("signatures")["run"]!;
        Assert.Contains("\"$IMAGE@$IMAGE_DIGEST\"", signatures, StringComparison.Ordinal);
        Assert.Contains("\"$REGISTRY/charts/image-tag-operator@$CHART_DIGEST\"", signatures, StringComparison.Ordinal);
        Assert.Equal("program/*", (string)Step("provenance of the files")["with"]!["subject-path"]!);
        Assert.Equal("${{ steps.image.outputs.digest }}", (string)Step("provenance of the image")["with"]!["subject-digest"]!);
        // All files exist before they are attested, and are attested before they are published.
        Assert.True(names.IndexOf("SBOM of the program") < names.IndexOf("provenance of the files"));
        Assert.True(names.IndexOf("kubectl's plugin") < names.IndexOf("provenance of the files"));
        Assert.True(names.IndexOf("provenance of the files") < names.IndexOf("release"));

        JsonNode Step(string name) => steps.Single(step => (string?)step!["name"] == name)!;
    }

    [Fact]
    public void The_release_sets_existing_values_of_the_chart()
    {
        var (release, values) = (Read(".github/workflows/release.yaml"), Yaml(Read("charts/image-tag-operator/values.yaml")));
        foreach (var path in new[] { "image.repository", "metrics.prometheusRule.runbookBaseUrl" })
        {
            Assert.Contains($".{path} = ", release, StringComparison.Ordinal);
            Assert.Equal("", (string?)path.Split('.').Aggregate(values, (node, key) => node[key]!));
        }

        Assert.Contains("raw/$GITHUB_REF_NAME/charts/image-tag-operator/icon.svg", release, StringComparison.Ordinal);
        Assert.True(Path.Exists(Path.Combine(Repository, "charts", "image-tag-operator", "icon.svg")));
    }

    [Fact]
    public void The_patterns_of_Renovate_match()
    {
        var renovate = JsonNode.Parse(Read("renovate.json"))!;
        foreach (var manager in renovate["customManagers"]!.AsArray())
        {
            var pattern = (string)manager!["matchStrings"]![0]!;
            var file = ((string)manager["managerFilePatterns"]![0]!).Trim('/', '^', '$').Replace("\\", "", StringComparison.Ordinal);
            Assert.Matches(pattern, Read(file));
        }

        var packages = Packages().Matches(Read("Directory.Packages.props")).Select(package => package.Groups[1].Value).ToArray();
        Assert.Contains((string)renovate["packageRules"]![2]!["matchPackageNames"]![0]!, packages);
    }

    private static JsonNode Annotation(string name) => Yaml((string)Chart["annotations"]![$"artifacthub.io/{name}"]!);

    private static JsonNode Yaml(string text) => KubernetesYaml.LoadAll(text)[0];

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository, path));

    private static async Task<string> BashAsync(string command)
    {
        var start = new ProcessStartInfo("bash", ["-ec", command])
        {
            WorkingDirectory = Repository, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }

    [GeneratedRegex("PackageVersion Include=\"([^\"]+)\"")]
    private static partial Regex Packages();
}
