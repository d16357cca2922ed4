using ImageTagOperator.Commands;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Documentation;

/// <summary>All links lead somewhere, and every page and every reason can be found.</summary>
public sealed class LinkTests
{
    private const string Index = "docs/README.md";

    private static readonly string Root = CommandRun.RepositoryFolder();

    public static TheoryData<string> Pages => [.. Page.All.Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_to_a_file_and_a_heading(string name)
    {
        var broken = Page.Of(name).Links().Select(link => WhyBroken(name, link.Target) is { } why ? $"{name}:{link.Number}: {why}" : null)
            .OfType<string>().ToArray();
        Assert.True(broken.Length == 0, string.Join('\n', broken));
    }

    [Fact]
    public void The_index_has_every_page()
    {
        var listed = Page.Of(Index).Links().Select(link => Resolve(Index, link.Target.Split('#')[0])).ToHashSet(StringComparer.Ordinal);
        var missing = Page.All.Select(page => page.Name).Where(name => name != Index && name != "README.md" && !listed.Contains(name));
        Assert.Empty(missing);
    }

    /// <summary>A search for the word in the column REASON finds the remedy.</summary>
    [Fact]
    public void Every_reason_has_a_heading_in_troubleshooting_and_every_heading_there_is_one()
    {
        var headings = Page.Of("docs/troubleshooting.md").Lines.SkipWhile(line => line != "## Reasons").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..]);
        var reasons = Reason.All.Select(reason => reason.Name).Concat(Verdict.Reasons).Concat(CommandReason.All);
        Assert.Equal(reasons.Order(StringComparer.Ordinal),
            headings.Order(StringComparer.Ordinal));
    }

    /// <summary>An alert links to its heading.</summary>
    [Fact]
    public void Every_alert_has_a_heading_in_operations()
    {
        var alerts = File.ReadLines(Path.Combine(Root, "charts", "image-tag-operator", "files", "alerts.yaml"))
            .Where(line => line.Contains("- alert: ", StringComparison.Ordinal)).Select(line => line.Split(": ")[1].Trim()).ToArray();
        Assert.NotEmpty(alerts);
        var headings = Page.Of("docs/operations.md").Lines.ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(alerts, alert => !headings.Contains($"### {alert}"));
    }

    private static string? WhyBroken(string page, string target)
    {
        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0 ? page : Resolve(page, parts[0]);
        if (!File.Exists(Path.Combine(Root, file)) && !Directory.Exists(Path.Combine(Root, file))) return $"there is no {file}";
        if (parts.Length == 1 || Page.All.FirstOrDefault(other => other.Name == file) is not { } other) return null;
        return other.Anchors().Contains(parts[1]) ? null : $"{file} has no heading #{parts[1]}";
    }

    private static string Resolve(string page, string target) =>
        Path.GetRelativePath(Root, Path.Combine(Root, Path.GetDirectoryName(page)!, target)).Replace('\\', '/');
}
