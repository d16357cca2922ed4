using System.Text;
using Xunit;

namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>Executes the pages that contain commands, with or without their output, from the first command to the last, on real
/// servers.</summary>
public sealed class UserGuideTests
{
    public static TheoryData<string> Guides =>
    [
        "README.md", "docs/user-guide.md", "docs/cli.md", "docs/upgrade.md", "docs/troubleshooting.md", "docs/argocd.md", "docs/flux.md",
        "docs/admission.md", "docs/operations.md", "charts/image-tag-operator/README.md",
    ];

    /// <summary>Their commands prepare and run the tests themselves.</summary>
    private static readonly string[] PagesForDevelopers = ["CONTRIBUTING.md", "hack/README.md"];

    /// <summary>Set by <c>make guide</c>: writes the actual output into the guide.</summary>
    private static bool Rewrites => Environment.GetEnvironmentVariable("ITO_WRITE_GUIDE") is { Length: > 0 };

    [Theory]
    [MemberData(nameof(Guides))]
    public async Task Every_command_prints_what_the_guide_says(string guide)
    {
        var file = Path.Combine(RealServers.Root, guide);
        var parts = GuideParser.Parse(await File.ReadAllTextAsync(file));
        await using var world = await GuideWorld.CreateAsync(TimeSpan.FromSeconds(Rewrites ? 20 : 60));
        var written = new StringBuilder();
        var chapter = "";
        var problems = new List<string>();
        foreach (var part in parts)
        {
            if (part is GuidePart.Prose { Text: ['#', ..] heading }) chapter = heading.Trim('#', ' ', '\n');
            var isTyped = part is not GuidePart.Example { Typed: var typed } || UntypedCommand.Of(guide, typed) is null;
            var done = isTyped ? await world.RunAsync(part) : part;
            if (done is GuidePart.Example { Problem: { Length: > 0 } problem }) problems.Add($"{chapter}:\n{problem}");
            else if (done != part && !Rewrites) Assert.Fail(
                await DescribeAsync(guide, chapter, (GuidePart.Command)part, (GuidePart.Command)done, world.Log));
            written.Append(done.Markdown);
        }

        if (Rewrites) await File.WriteAllTextAsync(file, written.ToString());
        Assert.True(problems.Count == 0, string.Join("\n\n", problems));
    }

    [Fact]
    public async Task Every_page_with_commands_is_executed()
    {
        var typed = await CommandsOfAllPagesAsync();
        Assert.Empty(typed.Select(command => command.Page).Distinct().Except([.. Guides.Select(row => row.Data), .. PagesForDevelopers]));
    }

    [Fact]
    public async Task A_command_that_is_not_typed_is_in_a_page()
    {
        var used = (await CommandsOfAllPagesAsync()).Select(command => UntypedCommand.Of(command.Page, command.Typed)).ToHashSet();
        Assert.Empty(UntypedCommand.All.Where(untyped => !used.Contains(untyped)).Select(untyped => untyped.Start));
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public async Task The_guide_is_formatted_as_make_guide_writes_it(string guide)
    {
        var markdown = await File.ReadAllTextAsync(Path.Combine(RealServers.Root, guide));
        Assert.Equal(markdown, string.Concat(GuideParser.Parse(markdown).Select(part => part.Markdown)));
    }

    private static async Task<IReadOnlyList<(string Page, string Typed)>> CommandsOfAllPagesAsync()
    {
        var commands = new List<(string, string)>();
        foreach (var page in (await Shell.RunAsync("git", ["-C", RealServers.Root, "ls-files", "*.md"])).Trim().Split('\n'))
        {
            // Only a page that is executed names the file of each YAML block.
            var markdown = await File.ReadAllTextAsync(Path.Combine(RealServers.Root, page));
            foreach (var part in GuideParser.Parse(markdown.Replace("```yaml\n", "```\n", StringComparison.Ordinal)))
            {
                if (part is GuidePart.Command command) commands.Add((page, command.Typed));
                else if (part is GuidePart.Example example) commands.Add((page, example.Typed));
            }
        }

        return commands;
    }

    private static async Task<string> DescribeAsync(
        string guide, string chapter, GuidePart.Command expected, GuidePart.Command actual, string log)
    {
        var folder = Directory.CreateTempSubdirectory("guide-difference-");
        string[] files = [Path.Combine(folder.FullName, "guide"), Path.Combine(folder.FullName, "printed")];
        await File.WriteAllTextAsync(files[0], expected.Printed + "\n");
        await File.WriteAllTextAsync(files[1], actual.Printed + "\n");
        var (_, difference) = await Shell.TryAsync("diff", ["-u", "--label", guide, "--label", "printed", .. files]);
        folder.Delete(recursive: true);
        return $"""
            {chapter}:
            $ {expected.Typed}

            {difference}
            If what is printed is right: make guide

            The operator's log ends with:
            {string.Join('\n', log.Split('\n').TakeLast(20))}
            """;
    }
}
