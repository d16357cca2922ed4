using System.Text.RegularExpressions;
using ImageTagOperator.Commands;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Documentation;

/// <summary>The commands in the pages refer to targets, scripts and options that exist. The integration tests execute the guides.</summary>
public sealed partial class CommandTests
{
    private static readonly string Root = CommandRun.RepositoryFolder();

    [Fact]
    public void Every_make_target_exists()
    {
        var makefile = File.ReadAllText(Path.Combine(Root, "Makefile"));
        var targets = Target().Matches(makefile).Select(target => target.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var unknown =
            from typed in Typed()
            from Match make in Make().Matches(typed.Text)
            from name in make.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            where !name.Contains('=', StringComparison.Ordinal) && !targets.Contains(name)
            select $"{typed.Place}: there is no target {name}";
        Assert.Empty(unknown);
    }

    [Fact]
    public void Every_script_exists()
    {
        var missing =
            from typed in Typed()
            from Match script in Script().Matches(typed.Text)
            where !File.Exists(Path.Combine(Root, script.Value))
            select $"{typed.Place}: there is no {script.Value}";
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_command_of_the_operator_can_be_parsed()
    {
        var commandLine = CommandLine.Create(CommandContext.Process());
        var wrong =
            from typed in Typed()
            from Match ours in Ours().Matches(typed.Text)
            from error in commandLine.Parse(ours.Groups[1].Value.Trim()).Errors
            select $"{typed.Place}: {ours.Value}: {error.Message}";
        Assert.Empty(wrong);
    }

    /// <summary>Lines of code blocks, without the output of commands.</summary>
    private static IEnumerable<(string Place, string Text)> Typed()
    {
        foreach (var page in Page.All)
        {
            var fence = "";
            for (var i = 0; i < page.Lines.Length; i++)
            {
                var line = page.Lines[i];
                if (line.StartsWith("```", StringComparison.Ordinal)) fence = fence.Length == 0 ? line : "";
                var isTyped = fence == "```console" ? line.StartsWith("$ ", StringComparison.Ordinal)
                    : fence == "```bash" || (fence.Length == 0 && line.StartsWith("    ", StringComparison.Ordinal));
                if (isTyped) yield return ($"{page.Name}:{i + 1}", Comment().Replace(line, ""));
            }
        }
    }

    [GeneratedRegex("^([a-z0-9-]+):", RegexOptions.Multiline)]
    private static partial Regex Target();

    [GeneratedRegex(@"(?:^ +|^\$ |&& )(?:\w+=\S+ )*make ([a-z][\w =.-]*)")]
    private static partial Regex Make();

    [GeneratedRegex(@"\bhack/[\w.-]+\.(?:sh|py)")]
    private static partial Regex Script();

    [GeneratedRegex(@"(?:^ +|^\$ |^|\| |&& )image-tag-operator ((?:[^|;>&)]|\\\|)+)")]
    private static partial Regex Ours();

    [GeneratedRegex(@"\s+#.*$")]
    private static partial Regex Comment();
}
