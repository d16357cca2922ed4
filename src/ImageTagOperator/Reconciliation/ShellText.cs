namespace ImageTagOperator.Reconciliation;

/// <summary>A name that others chose, inside a command that a person may paste into a shell.</summary>
internal static class ShellText
{
    public static string Of(string name) => name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        ? name : $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
