using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Diagnostics.CodeAnalysis;
using ImageTagOperator.Commands.Apply;
using ImageTagOperator.Commands.Completion;
using ImageTagOperator.Commands.Export;
using ImageTagOperator.Commands.Help;
using ImageTagOperator.Commands.Plan;
using ImageTagOperator.Commands.Status;
using ImageTagOperator.Commands.Validate;
using ImageTagOperator.Kubernetes.Schema.Validation;
using HelpAction = ImageTagOperator.Commands.Help.HelpAction;

namespace ImageTagOperator.Commands;

/// <summary>The command line: all commands and the handling of errors.</summary>
internal static class CommandLine
{
    private const string Verbose = "--verbose";

    public static RootCommand Create(CommandContext here)
    {
        var root = new RootCommand("Keeps the tags of OpenStack images as ImageTagSets declare them.")
        {
            RunCommand.Create(here),
            PlanCommand.Create(here),
            ApplyCommand.Create(here),
            ExportCommand.Create(here),
            StatusCommand.Create(here),
            ValidateCommand.Create(here),
            CheckCommand.Create(here),
            CrdCommand.Create(),
            CompletionCommand.Create(here),
            new Option<bool>(Verbose) { Description = "On an error, say where in the program it came from.", Recursive = true },
        };
        // The library's help option has the aliases of other systems too, which clutter the completion of shells.
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Options.Add(
            new HelpOption("--help", "-h") { Description = "Show this, or with a command what that does.", Action = new HelpAction(here) });
        return root;
    }

    [SuppressMessage("Design", "CA1031",
        Justification = "This is where the program ends: whatever it was, people get a sentence instead of a stack trace, and a script "
        + "the code 1.")]
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandContext here)
    {
        var parsed = Create(here).Parse(arguments);
        if (parsed.Action is ParseErrorAction) return ReportUsageError(parsed, here);
        try
        {
            // On SIGTERM the host finishes running reconciles, which takes longer than the command line library waits.
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null,
                EnableDefaultExceptionHandler = false, Output = here.Out, Error = here.Error });
        }
        catch (Exception e)
        {
            await here.Error.WriteLineAsync(VisibleText.Lines(parsed.GetValue<bool>(Verbose) ? e.ToString() : e is CommandException
                ? e.Message : $"image-tag-operator: {e.Message}"));
            return ExitCode.Error;
        }
    }

    private static int ReportUsageError(ParseResult parsed, CommandContext here)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.Tokens.Count == 0)
        {
            here.Error.Write(CommandHelp.Text(command, here.Program));
            return ExitCode.Error;
        }

        foreach (var error in parsed.Errors) here.Error.WriteLine(error.Message);
        var known = command.Subcommands.Select(child => child.Name).Concat(CommandHelp.OptionsOf(command).Select(option => option.Name));
        foreach (var word in parsed.UnmatchedTokens)
        {
            if (Similarity.Nearest(word, known) is { } meant) here.Error.WriteLine($"Did you mean '{meant}'?");
        }

        here.Error.WriteLine($"How it is used: {here.Program}{(command is RootCommand ? "" : " " + command.Name)} --help");
        return ExitCode.Error;
    }
}
