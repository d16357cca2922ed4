using System.Text;
using System.Text.RegularExpressions;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Decodes a path as Glance does.</summary>
internal static partial class WirePath
{
    /// <summary>Every byte becomes the Latin-1 character with that number, as a WSGI server does it. So <c>ü</c> arrives and is stored as
    /// <c>Ã¼</c>, <c>%2F</c> is a slash, repeated slashes become one, and dot segments are never resolved.</summary>
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

    private static bool IsUtf8(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes);

    [GeneratedRegex("//+")]
    private static partial Regex Slashes();
}
