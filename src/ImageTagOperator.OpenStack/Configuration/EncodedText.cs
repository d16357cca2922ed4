using System.Text;

namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>Decodes text files as editors and shells write them.</summary>
public static class EncodedText
{
    /// <summary>Decodes UTF-8, or the encoding of a byte order mark: PowerShell writes UTF-16. The mark is removed.</summary>
    public static string Read(byte[] bytes)
    {
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }
}
