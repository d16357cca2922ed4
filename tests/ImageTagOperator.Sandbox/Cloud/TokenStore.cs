using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>The issued tokens. Safe for concurrent use.</summary>
internal sealed class TokenStore(TimeProvider time)
{
    /// <summary>The prefix of every Fernet token.</summary>
    private const string Prefix = "gAAAAAB";

    private readonly ConcurrentDictionary<string, Token> tokens = new();

    public DateTimeOffset Now => time.GetUtcNow();

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    public static string RandomText(int bytes) =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Sets the id and the times of a token, and stores it.</summary>
    /// <param name="parent">The token that was used to log in: the new one expires with it.</param>
    public Token Issue(Token token, Token? parent)
    {
        var now = Now;
        // The usual length of a Fernet token.
        var issued = token with { Id = Prefix + RandomText(130), IssuedAt = now, ExpiresAt = parent?.ExpiresAt ?? now + Lifetime };
        tokens[issued.Id] = issued;
        return issued;
    }

    /// <summary>The token if it is valid, else null.</summary>
    public Token? Find(string? id) =>
        id is not null && tokens.TryGetValue(id, out var token) && token.ExpiresAt > Now && !token.IsRevoked ? token : null;

    /// <summary>The message depends on whether the id looks like a Fernet token.</summary>
    public static KeystoneError NotFound(string? id) => KeystoneError.NotFound(
        id?.StartsWith(Prefix, StringComparison.Ordinal) == true ? "Failed to validate token" : "Could not recognize Fernet token");

    public void Revoke(string id) => tokens.TryRemove(id, out _);

    public void RevokeAll() => tokens.Clear();
}
