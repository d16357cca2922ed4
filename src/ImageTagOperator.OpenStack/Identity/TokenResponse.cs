using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ImageTagOperator.OpenStack.Identity;

// The used part of the answer to POST /v3/auth/tokens.

internal sealed record TokenResponse(TokenResponseToken? Token);

internal sealed record TokenResponseToken(DateTimeOffset ExpiresAt, IReadOnlyList<CatalogService>? Catalog = null)
{
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>The scope of the token; all three are missing from an unscoped one.</summary>
    public JsonElement? Project { get; init; }

    public JsonElement? Domain { get; init; }

    public JsonElement? System { get; init; }

    public JsonElement? User { get; init; }

    public JsonElement? Roles { get; init; }

    public JsonElement? ApplicationCredential { get; init; }

    /// <summary>The ID of the project of the token, or null.</summary>
    public string? ProjectId => IdOf(Project);

    /// <summary><see cref="CloudAccess.Identity"/>.</summary>
    public string Identity
    {
        get
        {
            var roles = Roles is { ValueKind: JsonValueKind.Array } array
                ? array.EnumerateArray().Select(role => IdOf(role)).Order(StringComparer.Ordinal)
                : Enumerable.Empty<string?>();
            var parts = string.Join('\n', [IdOf(User), ProjectId, IdOf(ApplicationCredential), .. roles]);
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts)).AsSpan(0, 8));
        }
    }

    private static string? IdOf(JsonElement? entity) =>
        entity is { ValueKind: JsonValueKind.Object } known && known.TryGetProperty("id", out var id)
            && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;
}

// Nothing is required of services that are not used here, so that a malformed one does not stop a login.
internal sealed record CatalogService(string? Type = null, IReadOnlyList<CatalogEndpoint?>? Endpoints = null)
{
    public string? Id { get; init; }
}

internal sealed record CatalogEndpoint(string? Interface = null, string? Url = null, string? Region = null, string? RegionId = null);
