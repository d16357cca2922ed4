using System.Collections;
using System.Text;

namespace ImageTagOperator.Commands;

/// <summary>The environment of a command: streams, variables, folder, time.</summary>
/// <param name="Environment">The environment variables.</param>
/// <param name="Folder">The current folder.</param>
/// <param name="IsTerminal">Whether <paramref name="Out"/> is a terminal.</param>
/// <param name="Program">The program name as typed.</param>
/// <param name="IsErrorTerminal">Whether <paramref name="Error"/> is a terminal.</param>
internal sealed record CommandContext(
    TextReader In, TextWriter Out, TextWriter Error, IReadOnlyDictionary<string, string> Environment, string Folder, bool IsTerminal,
        TimeProvider Time, string Program = "image-tag-operator", bool IsErrorTerminal = false)
{
    public static CommandContext Process() => new(
        // PowerShell writes UTF-16.
        new StreamReader(Console.OpenStandardInput(), Encoding.UTF8, detectEncodingFromByteOrderMarks: true),
        Console.Out,
        Console.Error,
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? ""),
        Directory.GetCurrentDirectory(),
        !Console.IsOutputRedirected,
        TimeProvider.System,
        ProgramName(),
        !Console.IsErrorRedirected);

    /// <summary>Reads the program name. kubectl runs <c>kubectl-NAME</c> for <c>kubectl NAME</c>. Only the command line has the name as
    /// typed: the path of the process is that of the file behind a link.</summary>
    private static string ProgramName()
    {
        const string plugin = "kubectl-";
        var typed = Path.GetFileName(File.Exists("/proc/self/cmdline") ? File.ReadAllText("/proc/self/cmdline").Split('\0')[0] : "");
        return typed.StartsWith(plugin, StringComparison.Ordinal) ? $"kubectl {typed[plugin.Length..].Replace('_', '-')}"
            : "image-tag-operator";
    }

    public string? Variable(string name) => Environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
