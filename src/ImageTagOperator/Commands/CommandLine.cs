using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

namespace ImageTagOperator.Commands;

/// <summary>All commands, and how each ends.</summary>
internal static class CommandLine
{
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "On an error, say where in the program it came from.", Recursive = true };

    public static RootCommand Create(Surroundings here) => new("Keeps the tags of OpenStack images as ImageTagSets declare them.")
    {
        RunCommand.Create(), PlanCommand.Create(here), ApplyCommand.Create(here), ExportCommand.Create(here), StatusCommand.Create(here), ValidateCommand.Create(here), CrdCommand.Create(), Verbose,
    };

    [SuppressMessage("Design", "CA1031", Justification = "This is where the program ends: whatever it was, people get a sentence instead of a stack trace, and a script the code 1.")]
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings here)
    {
        var parsed = Create(here).Parse(arguments);
        try
        {
            // The host ends running reconciles in good order on SIGTERM, which takes longer than the command line library would wait.
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false, Output = here.Out, Error = here.Error });
        }
        catch (Exception e)
        {
            await here.Error.WriteLineAsync(parsed.GetValue(Verbose) ? e.ToString() : e is CommandException ? e.Message : $"image-tag-operator: {e.Message}");
            return ExitCode.Error;
        }
    }
}
