namespace ImageTagOperator.Commands.Output;

/// <summary>The meaning of a piece of text, which decides its colour.</summary>
internal enum Tone
{
    Plain,
    Strong,
    Faint,
    Added,
    Removed,
    Good,
    Problem,
}
