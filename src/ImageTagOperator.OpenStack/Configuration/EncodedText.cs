using System.Text;

namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>Text as editors and shells write it.</summary>
public static class EncodedText
{
    /// <summary>UTF-8, or what a byte order mark says: PowerShell's files are UTF-16. The mark is no part of the text.</summary>
    public static string Read(byte[] bytes)
    {
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }
}
