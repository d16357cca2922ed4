using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Patterns of schemas are Go's regular expressions. They differ from .NET's where it matters for names: <c>$</c> is the very end
/// of the text, not also before a last line feed, and <c>\d</c>, <c>\w</c> and <c>\s</c> are ASCII.</summary>
internal static class GoPattern
{
    private static readonly ConcurrentDictionary<string, Regex> Compiled = new();

    public static bool IsMatch(string pattern, string text) =>
        Compiled.GetOrAdd(pattern, static go => new Regex(Translate(go), RegexOptions.CultureInvariant)).IsMatch(text);

    private static string Translate(string go)
    {
        var net = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < go.Length; i++)
        {
            var c = go[i];
            if (c == '\\' && i + 1 < go.Length)
            {
                net.Append(Escape(go[++i], inClass));
                continue;
            }

            if (c == '[' && !inClass)
            {
                inClass = true;
                net.Append(c);
                // A bracket right after the opening one, or after its caret, stands for itself.
                if (i + 1 < go.Length && go[i + 1] == '^') net.Append(go[++i]);
                if (i + 1 < go.Length && go[i + 1] == ']')
                {
                    net.Append("\\]");
                    i++;
                }

                continue;
            }

            if (c == ']') inClass = false;
            // In .NET a minus and a bracket inside of a class would be a subtraction.
            net.Append(c switch
            {
                '$' when !inClass => "\\z",
                '[' when inClass => "\\[",
                _ => c.ToString(),
            });
        }

        return net.ToString();
    }

    private static string Escape(char c, bool inClass) => (c, inClass) switch
    {
        ('d', false) => "[0-9]",
        ('d', true) => "0-9",
        ('w', false) => "[0-9A-Za-z_]",
        ('w', true) => "0-9A-Za-z_",
        ('s', false) => "[\\t\\n\\f\\r ]",
        ('s', true) => "\\t\\n\\f\\r ",
        ('D', false) => "[^0-9]",
        ('W', false) => "[^0-9A-Za-z_]",
        ('S', false) => "[^\\t\\n\\f\\r ]",
        _ => $"\\{c}",
    };
}
