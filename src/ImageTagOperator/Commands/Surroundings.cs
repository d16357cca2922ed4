using System.Collections;

namespace ImageTagOperator.Commands;

/// <summary>What a command finds around it.</summary>
/// <param name="Environment">The variables.</param>
/// <param name="Folder">The current one.</param>
/// <param name="IsTerminal">Somebody reads <paramref name="Out"/> on a terminal.</param>
internal sealed record Surroundings(
    TextReader In, TextWriter Out, TextWriter Error, IReadOnlyDictionary<string, string> Environment, string Folder, bool IsTerminal, TimeProvider Time)
{
    public static Surroundings Process() => new(
        Console.In,
        Console.Out,
        Console.Error,
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? ""),
        Directory.GetCurrentDirectory(),
        !Console.IsOutputRedirected,
        TimeProvider.System);

    public string? Variable(string name) => Environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
