namespace ImageTagOperator.OpenStack;

// The answer to POST /v3/auth/tokens, as far as it is used.

internal sealed record TokenResponse(TokenResponseToken Token);

internal sealed record TokenResponseToken(DateTimeOffset ExpiresAt, IReadOnlyList<CatalogService>? Catalog);

internal sealed record CatalogService(string Type, IReadOnlyList<CatalogEndpoint>? Endpoints);

internal sealed record CatalogEndpoint(string Interface, string Url, string? Region, string? RegionId);
