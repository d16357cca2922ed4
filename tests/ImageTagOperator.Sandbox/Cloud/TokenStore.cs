using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>The tokens that are out. Safe for concurrent use.</summary>
internal sealed class TokenStore(TimeProvider time)
{
    /// <summary>How every Fernet token starts.</summary>
    private const string Prefix = "gAAAAAB";

    private readonly ConcurrentDictionary<string, Token> tokens = new();

    public DateTimeOffset Now => time.GetUtcNow();

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);

    public static string RandomText(int bytes) =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Gives a token its text and times.</summary>
    /// <param name="parent">The token that was used to log in: the new one does not outlive it.</param>
    public Token Issue(Token token, Token? parent)
    {
        var now = Now;
        // Fernet tokens are about this long.
        var issued = token with { Id = Prefix + RandomText(130), IssuedAt = now, ExpiresAt = parent?.ExpiresAt ?? now + Lifetime };
        tokens[issued.Id] = issued;
        return issued;
    }

    /// <summary>The token if it is still good, else null.</summary>
    public Token? Find(string? id) =>
        id is not null && tokens.TryGetValue(id, out var token) && token.ExpiresAt > Now && !token.IsRevoked ? token : null;

    /// <summary>Why Keystone will not talk about this token: whether it could ever have been one makes a difference to what it
    /// says.</summary>
    public static KeystoneError NotFound(string? id) => KeystoneError.NotFound(
        id?.StartsWith(Prefix, StringComparison.Ordinal) == true ? "Failed to validate token" : "Could not recognize Fernet token");

    public void Revoke(string id) => tokens.TryRemove(id, out _);

    public void RevokeAll() => tokens.Clear();
}
