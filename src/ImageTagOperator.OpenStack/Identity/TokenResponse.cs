using System.Text.Json;

namespace ImageTagOperator.OpenStack.Identity;

// The answer to POST /v3/auth/tokens, as far as it is used.

internal sealed record TokenResponse(TokenResponseToken? Token);

internal sealed record TokenResponseToken(DateTimeOffset ExpiresAt, IReadOnlyList<CatalogService>? Catalog = null)
{
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>What the token is scoped to; all three are missing from an unscoped one.</summary>
    public JsonElement? Project { get; init; }

    public JsonElement? Domain { get; init; }

    public JsonElement? System { get; init; }

    /// <summary>The project that the token is for, or null.</summary>
    public string? ProjectId =>
        Project is { ValueKind: JsonValueKind.Object } project && project.TryGetProperty("id", out var id)
            && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;
}

// Of services that are of no use here nothing is asked: one that is odd must not stop a login.
internal sealed record CatalogService(string? Type = null, IReadOnlyList<CatalogEndpoint?>? Endpoints = null)
{
    public string? Id { get; init; }
}

internal sealed record CatalogEndpoint(string? Interface = null, string? Url = null, string? Region = null, string? RegionId = null);
