using System.Text.Json;

namespace ImageTagOperator.OpenStack;

// The answer to POST /v3/auth/tokens, as far as it is used.

internal sealed record TokenResponse(TokenResponseToken Token);

internal sealed record TokenResponseToken(DateTimeOffset ExpiresAt, IReadOnlyList<CatalogService>? Catalog)
{
    /// <summary>What the token is scoped to; all three are missing from an unscoped one.</summary>
    public JsonElement? Project { get; init; }

    public JsonElement? Domain { get; init; }

    public JsonElement? System { get; init; }
}

internal sealed record CatalogService(string Type, IReadOnlyList<CatalogEndpoint>? Endpoints);

internal sealed record CatalogEndpoint(string Interface, string Url, string? Region, string? RegionId);
