namespace ImageTagOperator.Commands;

/// <summary>The exit codes of commands, like those of <c>terraform plan -detailed-exitcode</c>.</summary>
internal static class ExitCode
{
    public const int Nothing = 0;
    public const int Error = 1;
    public const int Changes = 2;
}
