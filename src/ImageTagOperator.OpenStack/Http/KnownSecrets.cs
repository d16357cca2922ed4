using System.Net;
using System.Text;
using System.Text.Json;
using ImageTagOperator.OpenStack.Configuration;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>The secrets that are removed from text of a server: those of one configuration and its tokens, in the encodings in which a
/// server or proxy may echo a request.</summary>
internal sealed class KnownSecrets
{
    public const string Redacted = "[redacted]";

    /// <summary>A shorter secret also occurs in ordinary words, so a text that contains it is hidden completely.</summary>
    private const int MinimumReplacedLength = 4;

    /// <summary>A previous token may still be echoed while the next one is in use.</summary>
    private const int MaxTokens = 4;

    private readonly Lock gate = new();
    private readonly string[] configured;
    private readonly Queue<string> tokens = new();
    private volatile string[] forms;

    public KnownSecrets(CloudConfiguration cloud)
    {
        var secret = cloud.Credential switch
        {
            PasswordCredential password => password.Password,
            ApplicationCredential application => application.Secret,
            TokenCredential token => token.Token,
            var other => throw new NotSupportedException(other.GetType().Name),
        };
        configured = cloud.ClientKey is { } key ? [secret, key.Trim()] : [secret];
        forms = Forms();
    }

    public void AddToken(string token)
    {
        lock (gate)
        {
            tokens.Enqueue(token);
            if (tokens.Count > MaxTokens) tokens.Dequeue();
            forms = Forms();
        }
    }

    public string Redact(string text)
    {
        foreach (var form in forms)
        {
            if (!text.Contains(form, StringComparison.Ordinal)) continue;
            if (form.Length < MinimumReplacedLength) return Redacted;
            text = text.Replace(form, Redacted, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Longest first, because one form can be part of another.</summary>
    private string[] Forms() =>
        [.. configured.Concat(tokens).Where(secret => secret.Length > 0).SelectMany(FormsOf).Distinct(StringComparer.Ordinal)
            .OrderByDescending(form => form.Length)];

    private static IEnumerable<string> FormsOf(string secret) =>
    [
        secret,
        Uri.EscapeDataString(secret),
        WebUtility.UrlEncode(secret),
        WebUtility.HtmlEncode(secret),
        JsonEncodedText.Encode(secret).ToString(),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
    ];
}
