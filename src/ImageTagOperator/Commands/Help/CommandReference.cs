using System.CommandLine;
using System.Text;

namespace ImageTagOperator.Commands.Help;

/// <summary>Generates the reference in docs/cli.md from the definitions of the commands.</summary>
internal static class CommandReference
{
    public static string Markdown(RootCommand root, string program)
    {
        var text = new StringBuilder();
        foreach (var command in root.Subcommands.Where(command => !command.Hidden)) Append(text, command, program);
        text.Append("### Options of all commands\n\n");
        AppendOptions(text, root.Options.Where(option => option.Recursive && !option.Hidden));
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Append(StringBuilder text, Command command, string program)
    {
        text.Append($"### {command.Name}\n\n{command.Description}\n\n```text\n{CommandHelp.Usage(command, program)}\n```\n\n");
        if (command is DocumentedCommand { Examples: { Count: > 0 } examples })
        {
            text.Append("```bash\n");
            foreach (var (purpose, line) in examples) text.Append($"# {purpose}\n{CommandHelp.Line(line, program)}\n");
            text.Append("```\n\n");
        }

        AppendOptions(text, command.Options.Where(option => !option.Hidden));
    }

    private static void AppendOptions(StringBuilder text, IEnumerable<Option> options)
    {
        if (!options.Any()) return;
        text.Append("| option | meaning |\n|---|---|\n");
        foreach (var option in options)
        {
            var meaning = CommandHelp.Explanation(option)
                .Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);
            text.Append($"| `{CommandHelp.Label(option)}` | {meaning} |\n");
        }

        text.Append('\n');
    }
}
