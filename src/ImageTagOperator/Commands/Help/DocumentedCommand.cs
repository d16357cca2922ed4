using System.CommandLine;

namespace ImageTagOperator.Commands.Help;

/// <summary>A command with examples. Its help and the reference in docs/cli.md are generated from it.</summary>
internal sealed class DocumentedCommand(string name, string description) : Command(name, description)
{
    /// <summary>The purpose of each example and the command line, with <c>{}</c> for the program name.</summary>
    public IReadOnlyList<(string Purpose, string Line)> Examples { get; init; } = [];
}
