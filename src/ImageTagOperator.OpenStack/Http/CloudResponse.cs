using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.OpenStack.Answers;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>A complete answer of a cloud.</summary>
/// <param name="Call">Verb and URL without its query, for messages.</param>
/// <param name="SubjectToken">Keystone's X-Subject-Token.</param>
/// <param name="Date">The time on the server's clock, where it sends one.</param>
/// <param name="RedirectTarget">The target of a redirect, without its query. Redirects are not followed.</param>
/// <param name="ContentType">The media type that the server sent, without parameters.</param>
/// <param name="Secrets">The secrets that must not be quoted from it.</param>
internal sealed record CloudResponse(
    string Call,
    int Status,
    byte[] Body,
    string? SubjectToken,
    TimeSpan? RetryAfter,
    DateTimeOffset? Date = null,
    string? RedirectTarget = null,
    string? ContentType = null,
    KnownSecrets? Secrets = null)
{
    private const int MaxMessage = 300;
    private const int MaxContentType = 60;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether the body starts like a JSON object.</summary>
    public bool IsJson => Body.AsSpan().TrimStart(" \r\n\t"u8) is [(byte)'{', ..];

    /// <summary>With 429 and 503 the request was rejected before any work was done.</summary>
    public bool IsThrottled => Status is 429 or 503;

    /// <summary>Whether the server, or a proxy before it, is not working at all. A 500 to a write does not count: Glance can answer it
    /// permanently for a single tag.</summary>
    public bool IndicatesUnavailable => Status is 429 or 502 or 503 or 504 || (Status == 500 && !IsWrite(Call));

    /// <param name="call">A text such as <see cref="Call"/>.</param>
    public static bool IsWrite(string call) => call.StartsWith("PUT ", StringComparison.Ordinal)
        || call.StartsWith("DELETE ", StringComparison.Ordinal);

    /// <summary>Parses the body as JSON.</summary>
    /// <exception cref="CloudException">Transient: the body is not the JSON of this call, for example a proxy's page or a truncated
    /// body.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            // The parser's own message would quote members of an answer that can come from anyone.
            throw Unreadable($"line {e.LineNumber + 1 ?? 0}, byte {e.BytePositionInLine ?? 0}");
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw Unreadable("a member has a value that it cannot have");
        }
    }

    /// <summary>The error for an answer that the API does not document.</summary>
    /// <param name="where">What is wrong, without quoting the answer.</param>
    public CloudException Unreadable(string where) =>
        new(CloudErrorKind.Transient, $"{Call} -> {Status}: the answer is not what the API documents ({where})",
            RetryAfter) { IsUnexpectedContent = !IsJson };

    /// <summary>The error for an answer that exceeds a limit. A retry would not help.</summary>
    public CloudException TooLarge(string what) =>
        new(CloudErrorKind.Rejected, $"{Call} -> {Status}: {what}, which is more than what is read.") { IsTooLarge = true };

    /// <summary>Describes the call: verb, URL, status and the cloud's own message if the body is JSON, else the content type.</summary>
    public string Describe()
    {
        if (Status is >= 300 and < 400 && RedirectTarget is not null)
        {
            return $"{Call} -> {Status}: a redirect to {Short(Secrets?.Redact(RedirectTarget) ?? RedirectTarget)}, and redirects are not "
                + "followed. "
                + "Correct the address: 'auth_url' in clouds.yaml for Keystone, the endpoint in the service catalog for another service.";
        }

        var message = Message();
        return message.Length == 0 ? $"{Call} -> {Status}" : $"{Call} -> {Status}{message}";
    }

    public CloudException ToException(CloudStep step = CloudStep.Read) => new(AnswerRules.Of(step, Status), Describe(), RetryAfter);

    private bool IsLogin => Call.StartsWith("POST ", StringComparison.Ordinal);

    /// <summary>The message in an error body: Keystone's <c>error.message</c>, PCD's with its <c>details</c>, or Glance's <c>message</c>.
    /// The author of a clouds.yaml chooses the server that answers, so nothing else is passed on; of a login, only Keystone's own
    /// message.</summary>
    private string Message()
    {
        if (Body.Length == 0) return "";
        try
        {
            using var json = JsonDocument.Parse(Body);
            // Glance includes the line breaks of its HTML page in its JSON.
            var text = JsonMessage(json.RootElement).Replace("<br />", " ", StringComparison.Ordinal);
            text = OneLine(Secrets?.Redact(text) ?? text);
            return text.Length == 0 ? "" : ": " + Short(text);
        }
        catch (JsonException)
        {
            return ContentType is { Length: > 0 and <= MaxContentType } type ? $" ({type})" : " (no JSON)";
        }
    }

    private static string Short(string text) => text.Length <= MaxMessage ? text : text[..MaxMessage] + "...";

    private string JsonMessage(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return "";
        var hasError = root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object;
        if (IsLogin) return hasError ? Text(error, "message") ?? "" : "";
        if (hasError) root = error;
        return string.Join(": ", new[] { Text(root, "message"), Text(root, "details") }.OfType<string>());
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Replaces runs of white space and control characters by one blank.</summary>
    private static string OneLine(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, MaxMessage + 1));
        foreach (var character in text)
        {
            if (line.Length > MaxMessage) break;
            if (!char.IsWhiteSpace(character) && !char.IsControl(character)) line.Append(character);
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
        }

        return line.ToString().TrimEnd();
    }
}
