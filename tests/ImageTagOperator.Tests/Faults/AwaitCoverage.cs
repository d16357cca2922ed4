using System.Collections.Concurrent;
using System.Diagnostics;
using ImageTagOperator.Tests.Commands;

namespace ImageTagOperator.Tests.Faults;

/// <summary>Which awaits of the source an exception came out of, by its stack trace. Safe for concurrent use.</summary>
internal sealed class AwaitCoverage
{
    private static readonly string Root = CommandRun.RepositoryFolder();

    private static readonly string[] Folders =
        ["ImageTagOperator/Controllers", "ImageTagOperator/Reconciliation", "ImageTagOperator/Memory", "ImageTagOperator.OpenStack"];

    private readonly ConcurrentDictionary<(string File, int Line), bool> frames = [];

    /// <summary>Of each exception and those inside it.</summary>
    public void Add(IEnumerable<Exception> exceptions)
    {
        foreach (var outer in exceptions)
        {
            for (var e = outer; e is not null; e = e.InnerException)
            {
                foreach (var frame in new StackTrace(e, fNeedFileInfo: true).GetFrames())
                {
                    if (frame.GetFileName() is { } file) frames[(Path.GetFileName(file), frame.GetFileLineNumber())] = true;
                }
            }
        }
    }

    /// <summary>Each statement with an await that no exception came out of: its file and its first line.</summary>
    public IReadOnlyList<string> Missed()
    {
        List<string> missed = [];
        foreach (var file in Folders.SelectMany(
            folder => Directory.GetFiles(Path.Combine(Root, "src", folder), "*.cs", SearchOption.AllDirectories)))
        {
            var lines = File.ReadAllLines(file);
            var name = Path.GetFileName(file);
            for (var at = 0; at < lines.Length; at++)
            {
                if (!lines[at].Contains("await ", StringComparison.Ordinal)) continue;
                var first = at;
                while (!EndsBefore(lines[first - 1].TrimEnd())) first--;
                // Lines count from 1 in a stack trace.
                if (!Enumerable.Range(first + 1, at - first + 1).Any(line => frames.ContainsKey((name, line)))) missed.Add(
                    $"{name}: {lines[at].Trim()}");
            }
        }

        return [.. missed.Distinct().Order()];
    }

    /// <summary>The line after this one begins a statement.</summary>
    private static bool EndsBefore(string line) => line.Length == 0 || line[^1] is ';' or '{' or '}' or ':';
}
