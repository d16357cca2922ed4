using System.Text;
using System.Text.RegularExpressions;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>What Glance makes of a path that came over the wire.</summary>
internal static partial class WirePath
{
    /// <summary>Every byte becomes the Latin-1 character of that number, which is how a WSGI server hands it over. So <c>ü</c> arrives as
    /// <c>Ã¼</c> and is stored like that, <c>%2F</c> is a slash like any other, several slashes are one, and no dot segment
    /// is ever folded away.</summary>
    /// <exception cref="GlanceError">500: Glance falls over bytes that are not UTF-8.</exception>
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

    private static bool IsUtf8(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes);

    [GeneratedRegex("//+")]
    private static partial Regex Slashes();
}
