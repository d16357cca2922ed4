namespace ImageTagOperator.Commands;

/// <summary>How a command ends; as <c>terraform plan -detailed-exitcode</c> has it.</summary>
internal static class ExitCode
{
    public const int Nothing = 0;
    public const int Error = 1;
    public const int Changes = 2;
}
