using System.Text.RegularExpressions;
using ImageTagOperator.Commands;
using ImageTagOperator.Sandbox.Cloud;
using Xunit;

namespace ImageTagOperator.Tests.Commands;

/// <summary>Runs commands in a new folder, and compares their output with golden files.</summary>
internal sealed partial class CommandRun : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("commands-");

    private readonly List<(string Real, string Golden)> names = [];

    public Dictionary<string, string> Environment { get; } = [];

    public string Folder => folder.FullName;

    /// <summary>Rewrites the golden files: <c>ITO_WRITE_GOLDEN=1</c>.</summary>
    public static bool Rewrites => System.Environment.GetEnvironmentVariable("ITO_WRITE_GOLDEN") is { Length: > 0 };

    public static CommandRun On(SandboxCloud cloud)
    {
        var run = new CommandRun();
        run.Write("clouds.yaml", cloud.CloudsYaml);
        return run;
    }

    /// <summary>Replaces a value of this run by the one in golden files.</summary>
    public void Normalise(string real, string golden) => names.Add((real, golden));

    public void Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    public async Task<(int Code, string Out, string Error)> TypeAsync(string arguments, string input = "", bool isTerminal = false)
    {
        using StringReader reader = new(input);
        await using StringWriter output = new(), error = new();
        var here = new CommandContext(reader, output, error, Environment, Folder, isTerminal, TimeProvider.System);
        var code = await CommandLine.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), here);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Compares the complete output of a command, and its exit code, with <c>Commands/Golden/NAME.txt</c>.</summary>
    public async Task IsGoldenAsync(string name, string arguments, bool isTerminal = false)
    {
        var (code, output, error) = await TypeAsync(arguments, isTerminal: isTerminal);
        var printed = Normal($"$ image-tag-operator {arguments}\n{output}{error}[exit {code}]\n");
        var file = Path.Combine(RepositoryFolder(), "tests", "ImageTagOperator.Tests", "Commands", "Golden", name + ".txt");
        if (Rewrites) await File.WriteAllTextAsync(file, printed);
        Assert.Equal(await File.ReadAllTextAsync(file), printed);
    }

    public void Dispose() => folder.Delete(recursive: true);

    internal static string RepositoryFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ImageTagOperator.sln"))) folder = folder.Parent;
        return folder.FullName;
    }

    /// <summary>Replaces ids by their order of appearance, escapes by a visible character, and the folders of this run.</summary>
    private string Normal(string printed)
    {
        var ids = new List<string>();
        var text = Id().Replace(printed.Replace(Folder, "/work", StringComparison.Ordinal).Replace('\x1b', '␛'), id =>
        {
            if (!ids.Contains(id.Value)) ids.Add(id.Value);
            return $"00000000-0000-0000-0000-{ids.IndexOf(id.Value) + 1:d12}";
        });
        foreach (var (real, golden) in names) text = text.Replace(real, golden, StringComparison.Ordinal);
        return Port().Replace(text, "127.0.0.1:5000");
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Port();
}
