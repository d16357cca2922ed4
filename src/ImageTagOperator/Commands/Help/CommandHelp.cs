using System.CommandLine;
using System.Text;

namespace ImageTagOperator.Commands.Help;

/// <summary>The text of <c>--help</c>.</summary>
internal static class CommandHelp
{
    private const int Width = 110;

    /// <param name="program">The program name as typed: <c>image-tag-operator</c>, or <c>kubectl imagetags</c>.</param>
    public static string Text(Command command, string program)
    {
        var text = new StringBuilder();
        var examples = (command as DocumentedCommand)?.Examples ?? [];
        if (examples is [var first, ..]) text.Append("Example:\n").Append(Example(first, program)).Append('\n');
        foreach (var line in Wrapped(command.Description ?? "", Width)) text.Append(line).Append('\n');
        text.Append($"\nUsage:\n  {Usage(command, program)}\n");
        if (examples.Count > 1)
        {
            text.Append("\nMore examples:\n");
            foreach (var example in examples.Skip(1)) text.Append(Example(example, program));
        }

        Section(text, "Arguments", command.Arguments.Where(argument => !argument.Hidden)
            .Select(argument => ($"<{argument.Name}>", argument.Description ?? "")));
        Section(text, "Commands", command.Subcommands.Where(child => !child.Hidden)
            .Select(child => (child.Name, FirstSentence(child.Description ?? ""))));
        Section(text, "Options", OptionsOf(command).Select(option => (Label(option), Explanation(option))));
        return text.ToString();
    }

    /// <summary>The options of the command and those of all commands.</summary>
    public static IEnumerable<Option> OptionsOf(Command command)
    {
        var inherited = command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive));
        return command.Options.Concat(inherited).Where(option => !option.Hidden).DistinctBy(option => option.Name);
    }

    public static string Usage(Command command, string program)
    {
        var words = new List<string> { program };
        if (command is not RootCommand) words.Add(command.Name);
        if (command.Subcommands.Count > 0) words.Add("<command>");
        words.AddRange(command.Arguments.Select(argument => $"<{argument.Name}>"));
        words.Add("[options]");
        return string.Join(' ', words);
    }

    /// <summary>Inserts the program name into an example, possibly in the middle of a pipe.</summary>
    public static string Line(string line, string program) => line.Replace("{}", program, StringComparison.Ordinal);

    public static string Label(Option option)
    {
        var names = option.Aliases.Append(option.Name).Where(name => name is not ("-?" or "/?" or "/h")).OrderBy(name => name.Length);
        return $"{string.Join(", ", names)}{(option.HelpName is { } value ? $" <{value}>" : "")}";
    }

    public static string Explanation(Option option)
    {
        var text = option.Description ?? "";
        if (option.Required) text += " Required.";
        return option is { HasDefaultValue: true, HelpName: not null } && option.GetDefaultValue() is { } value
            ? $"{text} Default: {value}." : text;
    }

    private static string Example((string Purpose, string Line) example, string program) =>
        $"  # {example.Purpose}\n  {Line(example.Line, program)}\n";

    private static void Section(StringBuilder text, string title, IEnumerable<(string Label, string Explanation)> rows)
    {
        var all = rows.ToArray();
        if (all.Length == 0) return;
        text.Append($"\n{title}:\n");
        var indent = Math.Min(all.Max(row => row.Label.Length), 32) + 4;
        foreach (var (label, explanation) in all)
        {
            var lines = Wrapped(explanation, Width - indent).ToArray();
            text.Append("  ").Append(label.PadRight(indent - 2)).Append(label.Length > indent - 4 ? "\n" + new string(' ', indent) : "")
                .Append(lines.FirstOrDefault()).Append('\n');
            foreach (var line in lines.Skip(1)) text.Append(' ', indent).Append(line).Append('\n');
        }
    }

    private static string FirstSentence(string text) => text.IndexOf(". ", StringComparison.Ordinal) is var end and >= 0 ? text[..(end + 1)]
        : text;

    private static IEnumerable<string> Wrapped(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length == 0 ? "" : " ").Append(word);
        }

        yield return line.ToString();
    }
}
