using System.CommandLine;

namespace ImageTagOperator.Commands.Help;

/// <summary>A command that shows how it is used. Help, the reference in docs/cli.md and completion are all made from it.</summary>
internal sealed class DocumentedCommand(string name, string description) : Command(name, description)
{
    /// <summary>What each is for, and what to type behind the program's name.</summary>
    public IReadOnlyList<(string Purpose, string Line)> Examples { get; init; } = [];
}
