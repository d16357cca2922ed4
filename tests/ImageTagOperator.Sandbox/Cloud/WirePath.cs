using System.Text;
using System.Text.RegularExpressions;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Decodes a path as Glance does.</summary>
internal static partial class WirePath
{
    /// <summary>Every byte becomes the Latin-1 character with that number, as a WSGI server does it. So <c>ü</c> arrives and is stored as
    /// <c>Ã¼</c>, <c>%2F</c> is a slash, repeated slashes become one, and dot segments are not resolved.</summary>
    /// <exception cref="GlanceError">500: Glance fails on bytes that are not UTF-8.</exception>
    public static string Decode(string path)
    {
        var bytes = new byte[path.Length];
        var length = 0;
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && i + 2 < path.Length && char.IsAsciiHexDigit(path[i + 1]) && char.IsAsciiHexDigit(path[i + 2]))
            {
                bytes[length++] = Convert.FromHexString(path.AsSpan(i + 1, 2))[0];
                i += 2;
            }
            else
            {
                bytes[length++] = (byte)path[i];
            }
        }

        if (!IsUtf8(bytes.AsSpan(0, length))) throw GlanceError.Bare(500);
        return Slashes().Replace(Encoding.Latin1.GetString(bytes, 0, length), "/");
    }

    /// <summary>uwsgi resolves <c>.</c> and <c>..</c>, but not <c>%2e</c>: it does so before it decodes.</summary>
    public static string WithoutDotSegments(string path)
    {
        var kept = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment == ".." && kept.Count > 1) kept.RemoveAt(kept.Count - 1);
            else if (segment is not ("." or "..")) kept.Add(segment);
        }

        if (path.EndsWith("/.", StringComparison.Ordinal) || path.EndsWith("/..", StringComparison.Ordinal)) kept.Add("");
        return string.Join('/', kept);
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes);

    [GeneratedRegex("//+")]
    private static partial Regex Slashes();
}
