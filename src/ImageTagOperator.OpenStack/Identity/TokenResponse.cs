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

    /// <summary>The ID of the project of the token, or null.</summary>
    public string? ProjectId =>
        Project is { ValueKind: JsonValueKind.Object } project && project.TryGetProperty("id", out var id)
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
