namespace ImageTagOperator.Reconciliation;

/// <summary>Quotes a name for a shell command in a message. Users choose the names.</summary>
internal static class ShellText
{
    public static string Of(string name) => name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        ? name : $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
