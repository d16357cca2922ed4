using System.Text;
using Xunit;

namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>Executes the pages that contain commands and their output, from the first command to the last, on real servers.</summary>
public sealed class UserGuideTests
{
    public static TheoryData<string> Guides =>
        ["README.md", "docs/user-guide.md", "docs/cli.md", "docs/upgrade.md", "docs/troubleshooting.md", "docs/argocd.md"];

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
        foreach (var part in parts)
        {
            if (part is GuidePart.Prose { Text: ['#', ..] heading }) chapter = heading.Trim('#', ' ', '\n');
            var done = await world.RunAsync(part);
            if (done != part && !Rewrites) Assert.Fail(
                await DescribeAsync(guide, chapter, (GuidePart.Command)part, (GuidePart.Command)done, world.Log));
            written.Append(done.Markdown);
        }

        if (Rewrites) await File.WriteAllTextAsync(file, written.ToString());
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public async Task The_guide_is_written_as_make_guide_would_write_it(string guide)
    {
        var markdown = await File.ReadAllTextAsync(Path.Combine(RealServers.Root, guide));
        Assert.Equal(markdown, string.Concat(GuideParser.Parse(markdown).Select(part => part.Markdown)));
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
