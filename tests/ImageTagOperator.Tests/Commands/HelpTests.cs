using System.Diagnostics;
using ImageTagOperator.Commands;
using ImageTagOperator.Commands.Help;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Commands;

/// <summary>The output for users who do not know the commands yet.</summary>
public sealed class HelpTests
{
    private const string Begin = "<!-- reference: written by the tests, see HelpTests -->\n";
    private const string End = "<!-- end of the reference -->\n";

    [Fact]
    public async Task The_reference_in_the_documentation_matches_the_program()
    {
        var file = Path.Combine(CommandRun.RepositoryFolder(), "docs", "cli.md");
        var markdown = await File.ReadAllTextAsync(file);
        var (begin, end) = (markdown.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length,
            markdown.IndexOf(End, StringComparison.Ordinal));
        var current = markdown[..begin] + "\n" + CommandReference.Markdown(CommandLine.Create(CommandContext.Process()), "image-tag-operator")
            + "\n" + markdown[end..];
        if (CommandRun.Rewrites) await File.WriteAllTextAsync(file, current);
        else Assert.True(markdown == current, "docs/cli.md is stale: run 'make golden' and commit the result");
    }

    [Fact]
    public async Task Help_shows_the_commands()
    {
        using var run = new CommandRun();
        await run.IsGoldenAsync("help", "--help");
        await run.IsGoldenAsync("help-plan", "plan --help");
        foreach (var command in CommandLine.Create(CommandContext.Process()).Subcommands)
        {
            var (code, output, error) = await run.TypeAsync(command.Name + " -h");
            Assert.Equal((0, ""), (code, error));
            Assert.StartsWith("Example:\n  # ", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("plan", "Option '--filename' is required.\nHow it is used: image-tag-operator plan --help\n")]
    [InlineData("plam -f x", "Unrecognized command or argument 'plam'.\n")]
    [InlineData("pln", "Did you mean 'plan'?\n")]
    [InlineData("plan --filname x", "Did you mean '--filename'?\n")]
    [InlineData("plan -f x --from-cluster --cloud y",
        "--cloud names a cloud of the local clouds.yaml, and --from-cluster does without that file. Leave one out.\n")]
    [InlineData("status -o xml", "Argument 'xml' not recognized.")]
    public async Task A_wrong_command_line_gets_an_error_and_a_pointer_to_the_help(string typed, string expected)
    {
        using var run = new CommandRun();
        var (code, output, error) = await run.TypeAsync(typed);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_a_sentence_without_a_stack_trace_by_default()
    {
        using var run = new CommandRun();
        run.Environment["HOME"] = run.Folder;
        var (code, _, error) = await run.TypeAsync("status");
        Assert.Equal(1, code);
        Assert.StartsWith("image-tag-operator: No Kubernetes configuration", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains("   at ImageTagOperator.", (await run.TypeAsync("status --verbose")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image-tag-operator pl", "plan")]
    [InlineData("image-tag-operator plan --fr", "--from-cluster")]
    [InlineData("image-tag-operator plan -o ", "json yaml")]
    [InlineData("kubectl-imagetags sta", "status")]
    public async Task Bash_completes_commands_and_options(string typed, string expected)
    {
        var folder = Directory.CreateTempSubdirectory("completion-");
        foreach (var name in new[] { "image-tag-operator", "kubectl-imagetags" }) File.CreateSymbolicLink(
            Path.Combine(folder.FullName, name), OperatorProcess.Executable);
        // The calls that bash makes for the Tab key.
        var script = $$"""
            PATH={{folder.FullName}}:$PATH
            source <(image-tag-operator completion bash)
            COMP_LINE='{{typed}}' COMP_POINT={{typed.Length}}
            read -ra COMP_WORDS <<<"$COMP_LINE"
            [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _image_tag_operator
            echo "${COMPREPLY[*]}"
            """;
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })!;
        var output = await bash.StandardOutput.ReadToEndAsync();
        folder.Delete(recursive: true);
        Assert.Equal(expected, output.Trim().ReplaceLineEndings(" "));
    }

    [Fact]
    public async Task The_plugin_of_kubectl_shows_its_own_name()
    {
        var folder = Directory.CreateTempSubdirectory("plugin-");
        var link = Path.Combine(folder.FullName, "kubectl-imagetags");
        File.CreateSymbolicLink(link, OperatorProcess.Executable);
        using var plugin = Process.Start(new ProcessStartInfo(link, ["plan", "--help"]) { RedirectStandardOutput = true })!;
        var output = await plugin.StandardOutput.ReadToEndAsync();
        folder.Delete(recursive: true);
        Assert.Contains("Usage:\n  kubectl imagetags plan [options]\n", output, StringComparison.Ordinal);
    }
}
