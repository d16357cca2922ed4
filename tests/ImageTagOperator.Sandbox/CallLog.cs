using System.Text.RegularExpressions;

namespace ImageTagOperator.Sandbox;

/// <summary>Every request that a sandbox server received, in order of arrival. Safe for concurrent use.</summary>
public sealed class CallLog
{
    private readonly Lock gate = new();
    private readonly List<Call> calls = [];

    /// <summary>A snapshot of all calls so far.</summary>
    public IReadOnlyList<Call> All
    {
        get
        {
            lock (gate) return [.. calls];
        }
    }

    public IReadOnlyList<Call> Writes => [.. All.Where(call => call.IsWrite)];

    /// <summary>Calls of <paramref name="method"/> (or <c>*</c>) whose path and query match the glob <paramref name="target"/>.</summary>
    public IReadOnlyList<Call> Matching(string method, string target)
    {
        var pattern = Glob.ToRegex(target);
        return [.. All.Where(call => (method == "*" || call.Method == method) && pattern.IsMatch(call.Target))];
    }

    public void Clear()
    {
        lock (gate) calls.Clear();
    }

    internal Call Add(DateTimeOffset arrived, string method, string target, string? userAgent, string body)
    {
        lock (gate)
        {
            var call = new Call(calls.Count + 1, arrived, method, target, userAgent, body);
            calls.Add(call);
            return call;
        }
    }
}

/// <summary>Globs where <c>*</c> stands for any run of characters.</summary>
internal static class Glob
{
    public static Regex ToRegex(string glob) =>
        new("^" + Regex.Escape(glob).Replace("\\*", ".*", StringComparison.Ordinal) + "$",
            RegexOptions.CultureInvariant | RegexOptions.Singleline);
}
