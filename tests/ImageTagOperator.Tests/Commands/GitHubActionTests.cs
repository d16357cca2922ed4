using System.Diagnostics;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;
using static ImageTagOperator.Tests.Commands.Manifests;

namespace ImageTagOperator.Tests.Commands;

/// <summary>The script of action.yml as a runner starts it, with the real program, the embedded cloud, and fakes of <c>curl</c> and
/// <c>gh</c> that record their calls.</summary>
public sealed class GitHubActionTests : IAsyncLifetime
{
    private const string Mark = "<!-- image-tag-operator -->";

    private readonly CommandRun run = new();

    private SandboxCloud cloud = null!;

    public async ValueTask InitializeAsync()
    {
        cloud = await SandboxCloud.StartAsync();
        cloud.AddImage("ubuntu-24.04", "old");
        run.Write("sets/ubuntu.yaml", Set("ubuntu", "name: ubuntu-24.04", "golden"));
        Fake("curl", $$"""while [[ $1 != -o ]]; do shift; done; echo "$3" >>"$FAKE/urls"; ln -s "{{OperatorProcess.Executable}}" "$2" """);
        Fake("gh", """
            echo "$*" | sed 's|@.*/comment|@comment|' >>"$FAKE/calls"
            for argument; do case $argument in body=@*) cp "${argument#body=@}" "$FAKE/comment.md" ;; --paginate) cat "$FAKE/found" ;; esac; done
            """);
        run.Write("found", "");
    }

    [Fact]
    public async Task The_plan_becomes_a_comment_and_changes_are_not_a_failure()
    {
        var (code, output) = await ActAsync();
        Assert.True(code == 0, output);
        Assert.StartsWith($"{Mark}\n**Image tags**\n\n```diff\n", Read("comment.md"), StringComparison.Ordinal);
        Assert.Contains("\n+     golden\n-     old\n", Read("comment.md"), StringComparison.Ordinal);
        Assert.Equal(
            $"""
            api --paginate repos/team/images/issues/7/comments --jq .[] | select(.body | startswith("{Mark}")) | .id
            api -X POST repos/team/images/issues/7/comments -F body=@comment.md

            """, Read("calls"));
        Assert.Equal("https://github.com/owner/image-tag-operator/releases/download/v1.2.3/image-tag-operator-linux-amd64\n", Read("urls")
            .Replace("arm64", "amd64", StringComparison.Ordinal));
        Assert.Matches("^plan=.*/plan.txt\nchanges=true\n$", Read("output"));
        Assert.DoesNotContain(cloud.Calls.All, call => call.Method is "PUT" or "DELETE" or "PATCH");
        Assert.Empty(Directory.EnumerateFiles(run.Folder, "clouds.yaml", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_next_push_replaces_the_comment()
    {
        run.Write("found", "41\n42\n");
        Assert.Equal(0, (await ActAsync()).Code);
        Assert.EndsWith("\napi -X PATCH repos/team/images/issues/comments/41 -F body=@comment.md\n", Read("calls"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_without_changes_is_reported_as_such()
    {
        run.Write("sets/ubuntu.yaml", Set("ubuntu", "name: ubuntu-24.04", "old"));
        Assert.Equal(0, (await ActAsync()).Code);
        Assert.EndsWith("changes=false\n", Read("output"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_of_backticks_does_not_end_the_code_block()
    {
        run.Write("sets/ubuntu.yaml", Set("ubuntu", "name: ubuntu-24.04", "'````'"));
        Assert.Equal(0, (await ActAsync()).Code);
        Assert.Contains("\n`````diff\n", Read("comment.md"), StringComparison.Ordinal);
        Assert.EndsWith("\n`````\n", Read("comment.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_plan_is_reported_in_the_comment_and_fails_the_step()
    {
        run.Write("sets/ubuntu.yaml", Set("ubuntu", "name: no-such-image", "golden"));
        Assert.Equal(1, (await ActAsync()).Code);
        Assert.Contains("no-such-image", Read("comment.md"), StringComparison.Ordinal);
        Assert.DoesNotContain("changes", Read("output"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_manifest_fails_before_any_request()
    {
        run.Write("sets/ubuntu.yaml", Set("ubuntu", "name: ubuntu-24.04", "a/b"));
        var (code, output) = await ActAsync();
        Assert.Equal(1, code);
        Assert.Contains("a/b", output, StringComparison.Ordinal);
        Assert.Empty(cloud.Calls.All);
        Assert.Equal("", Read("calls"));
    }

    [Fact]
    public async Task It_only_validates_without_credentials_and_does_not_comment_without_a_pull_request()
    {
        var (code, output) = await ActAsync(("CLOUDS_YAML", ""));
        Assert.Equal(0, code);
        Assert.Contains("::notice::", output, StringComparison.Ordinal);
        Assert.Empty(cloud.Calls.All);
        Assert.Equal(0, (await ActAsync(("PULL_REQUEST", ""))).Code);
        Assert.Equal(0, (await ActAsync(("COMMENT", "false"))).Code);
        Assert.Equal("", Read("calls"));
        Assert.NotEmpty(cloud.Calls.All);
    }

    [Fact]
    public async Task Action_yml_sets_all_variables_of_the_script_and_the_example_uses_its_inputs()
    {
        var action = KubernetesYaml.LoadAll(await File.ReadAllTextAsync(Path.Combine(Root, "action.yml"), Cancel))[0];
        var step = action["runs"]!["steps"]!.AsArray().Single()!;
        Assert.Equal("\"$GITHUB_ACTION_PATH/docs/ci/github-action.sh\"", (string)step["run"]!);
        Assert.Equal(
            Environment("").Keys.Order(), step["env"]!.AsObject().Select(pair => pair.Key).Concat(Runner).Order());
        var inputs = action["inputs"]!.AsObject().Select(input => input.Key).ToArray();
        Assert.All(inputs, input => Assert.Contains($"${{{{ inputs.{input} }}}}", step["env"]!.ToJsonString(), StringComparison.Ordinal));
        var example = KubernetesYaml.LoadAll(await File.ReadAllTextAsync(Path.Combine(Root, "docs", "ci", "github-actions.yaml"), Cancel))[0];
        var use = example["jobs"]!["plan"]!["steps"]!.AsArray().Single(one => ((string)one!["uses"]!).StartsWith("OWNER/", StringComparison.Ordinal))!;
        Assert.Equal($"OWNER/image-tag-operator@v{Hosting.OperatorHost.Version}", (string)use["uses"]!);
        Assert.All(use["with"]!.AsObject(), input => Assert.Contains(input.Key, inputs));
    }

    public async ValueTask DisposeAsync()
    {
        await cloud.DisposeAsync();
        run.Dispose();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Root { get; } = CommandRun.RepositoryFolder();

    /// <summary>The environment variables that a runner sets for every step.</summary>
    private static readonly string[] Runner = ["RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_REPOSITORY"];

    private Dictionary<string, string> Environment(string cloudsYaml) => new()
    {
        ["FILES"] = "sets/",
        ["CLOUDS_YAML"] = cloudsYaml,
        ["PROGRAM_URL"] = "",
        ["RELEASE_URL"] = "https://github.com/owner/image-tag-operator/releases/download/v1.2.3",
        ["COMMENT"] = "true",
        ["PULL_REQUEST"] = "7",
        ["GH_TOKEN"] = "token",
        ["RUNNER_TEMP"] = run.Folder,
        ["GITHUB_OUTPUT"] = Path.Combine(run.Folder, "output"),
        ["GITHUB_REPOSITORY"] = "team/images",
    };

    private async Task<(int Code, string Output)> ActAsync(params (string Name, string Value)[] other)
    {
        var start = new ProcessStartInfo("bash", ["-c", "exec \"$0\" 2>&1", Path.Combine(Root, "docs", "ci", "github-action.sh")])
        {
            WorkingDirectory = run.Folder,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in Environment(cloud.CloudsYaml)) start.Environment[name] = value;
        foreach (var (name, value) in other) start.Environment[name] = value;
        start.Environment["FAKE"] = run.Folder;
        start.Environment["PATH"] = $"{run.Folder}/bin:{System.Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, output);
    }

    private string Read(string name) => File.Exists(Path.Combine(run.Folder, name)) ? File.ReadAllText(Path.Combine(run.Folder, name)) : "";

    private void Fake(string name, string script)
    {
        run.Write($"bin/{name}", $"#!/bin/bash\n{script}\n");
        TestScript.MakeExecutable(Path.Combine(run.Folder, "bin", name));
    }
}
