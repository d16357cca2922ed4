using System.Text;
using System.Text.RegularExpressions;

namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>Parses the Markdown of a guide.</summary>
internal static partial class GuideParser
{
    public static IReadOnlyList<GuidePart> Parse(string markdown)
    {
        var parts = new List<GuidePart>();
        var lines = new Queue<string>(markdown.TrimEnd('\n').Split('\n'));
        while (lines.TryDequeue(out var line))
        {
            parts.Add(Directive().Match(line) is { Success: true } directive
                ? new GuidePart.Directive(directive.Groups["name"].Value)
                : new GuidePart.Prose(line + "\n"));
            if (line == "```yaml") parts.Add(Manifest(lines));
            if (line == "```console") parts.AddRange(Commands(lines));
        }

        return parts;
    }

    private static GuidePart.Manifest Manifest(Queue<string> lines)
    {
        var content = UntilFence(lines);
        return FileName().Match(content) is { Success: true } name
            ? new GuidePart.Manifest(name.Groups["name"].Value, content)
            : throw new FormatException(
                $"A yaml block begins with a comment that names its file, and this one with: {content.Split('\n')[0]}");
    }

    private static IEnumerable<GuidePart.Command> Commands(Queue<string> lines) => Command().Matches(UntilFence(lines)).Select(
        command => new GuidePart.Command(command.Groups["typed"].Value, command.Groups["printed"].Value.TrimEnd('\n')));

    /// <summary>The closing fence of the block stays in the queue.</summary>
    private static string UntilFence(Queue<string> lines)
    {
        var content = new StringBuilder();
        while (lines.TryPeek(out var line) && line != "```") content.Append(lines.Dequeue()).Append('\n');
        return content.ToString();
    }

    [GeneratedRegex("^<!-- run: (?<name>[a-z-]+) -->$")]
    private static partial Regex Directive();

    [GeneratedRegex(@"^# (?<name>[\w.-]+\.yaml)\n")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^\$ (?<typed>(.*\\\n)*.*)\n(?<printed>((?!\$ ).*\n)*)", RegexOptions.Multiline)]
    private static partial Regex Command();
}
