namespace ImageTagOperator.Commands.Output;

/// <summary>What a piece of text is about, for those who see colours.</summary>
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
