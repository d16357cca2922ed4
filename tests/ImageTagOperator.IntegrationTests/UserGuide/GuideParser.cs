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
            parts.Add(Part(line));
            if (line == "```yaml") parts.Add(Manifest(lines));
            if (line == "```console") parts.AddRange(Commands(lines));
            if (line == "```bash") parts.AddRange(Examples(lines));
        }

        return parts;
    }

    private static GuidePart Part(string line)
    {
        if (Directive().Match(line) is { Success: true } directive) return new GuidePart.Directive(directive.Groups["name"].Value);
        return IndentedCommand().IsMatch(line) ? new GuidePart.Example(line) : new GuidePart.Prose(line + "\n");
    }

    private static IEnumerable<GuidePart> Examples(Queue<string> lines) => UntilFence(lines).TrimEnd('\n').Split('\n').Select(
        GuidePart (line) => line.StartsWith('#') ? new GuidePart.Prose(line + "\n") : new GuidePart.Example(line));

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

    /// <summary>Indented code that begins with a program. Other indented code is YAML, a policy or a drawing.</summary>
    [GeneratedRegex(@"^ {4,}(kubectl|openstack|helm|image-tag-operator|make|docker|curl|openssl|export|eval|hack/\S+|[A-Z_]+=\S+) ")]
    private static partial Regex IndentedCommand();

    [GeneratedRegex(@"^# (?<name>[\w.-]+\.yaml)\n")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^\$ (?<typed>(.*\\\n)*.*)\n(?<printed>((?!\$ ).*\n)*)", RegexOptions.Multiline)]
    private static partial Regex Command();
}
