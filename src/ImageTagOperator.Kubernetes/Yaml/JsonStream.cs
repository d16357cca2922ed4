using System.Text;
using System.Text.Json;

namespace ImageTagOperator.Kubernetes.Yaml;

/// <summary>Splits concatenated JSON values.</summary>
internal static class JsonStream
{
    /// <summary>The values, each with the number of lines before it; the unchanged text when it is not a sequence of several
    /// values.</summary>
    public static IReadOnlyList<(string Text, long LinesBefore)> Split(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("{")) return [(text, 0)];
        var bytes = Encoding.UTF8.GetBytes(text);
        var values = new List<(string, long)>();
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { AllowMultipleValues = true });
            long lines = 0;
            var counted = 0;
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                lines += bytes.AsSpan(counted, start - counted).Count((byte)'\n');
                counted = start;
                values.Add((Encoding.UTF8.GetString(bytes, start, (int)reader.BytesConsumed - start), lines));
            }
        }
        catch (JsonException)
        {
            // YAML in flow style, or several documents separated by '---': the YAML reader reports any error.
            return [(text, 0)];
        }

        return values.Count > 1 ? values : [(text, 0)];
    }
}
