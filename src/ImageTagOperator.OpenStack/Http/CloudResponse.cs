using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace ImageTagOperator.OpenStack;

/// <summary>A whole answer of a cloud.</summary>
/// <param name="Call">Verb and URL without its query, for messages.</param>
/// <param name="SubjectToken">Keystone's X-Subject-Token.</param>
/// <param name="Date">The server's clock, where it tells.</param>
/// <param name="RedirectTarget">Where a redirect points to, without its query. No redirect is followed.</param>
internal sealed partial record CloudResponse(
    string Call, int Status, byte[] Body, string? SubjectToken, TimeSpan? RetryAfter, DateTimeOffset? Date = null, string? RedirectTarget = null)
{
    private const int MaxMessage = 300;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The body begins as a JSON object does.</summary>
    public bool IsJson => Body.AsSpan().TrimStart(" \r\n\t"u8) is [(byte)'{', ..];

    /// <summary>429 and 503 turn a request away before any work is done.</summary>
    public bool IsTurnedAway => Status is 429 or 503;

    /// <summary>What a server says, or a proxy for it, that does not work at all. A write's 500 is not: Glance says so for ever of a single tag.</summary>
    public bool MeansServerIsAway => Status is 429 or 502 or 503 or 504 || (Status == 500 && !IsWrite(Call));

    /// <param name="call">As in <see cref="Call"/>.</param>
    public static bool IsWrite(string call) => call.StartsWith("PUT ", StringComparison.Ordinal) || call.StartsWith("DELETE ", StringComparison.Ordinal);

    /// <summary>The body as JSON.</summary>
    /// <exception cref="CloudException">Transient: it is not the JSON of this call (a proxy's page, a cut body).</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new CloudException(CloudErrorKind.Transient, $"{Call} -> {Status}: the answer is not what the API documents ({e.Message})", RetryAfter, e);
        }
    }

    /// <summary>Verb, URL, status and the cloud's own words.</summary>
    public string Describe()
    {
        if (Status is >= 300 and < 400 && RedirectTarget is not null)
        {
            return $"{Call} -> {Status}: a redirect to {RedirectTarget}, and redirects are not followed. "
                + "Correct the address: 'auth_url' in clouds.yaml for Keystone, the endpoint in the service catalog for another service.";
        }

        var message = Message();
        return message.Length == 0 ? $"{Call} -> {Status}" : $"{Call} -> {Status}: {message}";
    }

    public CloudException ToException(CloudStep step = CloudStep.Read) => new(AnswerRules.Of(step, Status), Describe(), RetryAfter);

    /// <summary>The human part of an error body: Keystone's <c>error.message</c>, PCD's with its <c>details</c>, Glance's <c>message</c>, or the
    /// text of a page.</summary>
    private string Message()
    {
        var text = Encoding.UTF8.GetString(Body);
        try
        {
            using var json = JsonDocument.Parse(text);
            // Glance puts the line breaks of its HTML page into its JSON too.
            text = JsonMessage(json.RootElement).Replace("<br />", " ", StringComparison.Ordinal);
        }
        catch (JsonException)
        {
            text = Markup().Replace(text, " ");
        }

        text = Blanks().Replace(text, " ").Trim();
        return text.Length <= MaxMessage ? text : text[..MaxMessage] + "...";
    }

    private static string JsonMessage(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return "";
        if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object) root = error;
        return string.Join(": ", new[] { Text(root, "message"), Text(root, "details") }.OfType<string>());
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex("<(head|style|script)\\b.*?</\\1>|<[^>]*>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Markup();

    [GeneratedRegex("[\\s\\p{Cc}]+")]
    private static partial Regex Blanks();
}
