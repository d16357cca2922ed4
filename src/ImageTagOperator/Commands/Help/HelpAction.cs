using System.CommandLine;
using System.CommandLine.Invocation;

namespace ImageTagOperator.Commands.Help;

/// <summary><c>--help</c>.</summary>
internal sealed class HelpAction(CommandContext here) : SynchronousCommandLineAction
{
    /// <summary>Help must work without required options.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        here.Out.Write(CommandHelp.Text(parseResult.CommandResult.Command, here.Program));
        return ExitCode.Nothing;
    }
}
