namespace ImageTagOperator.OpenStack.Identity;

/// <summary>A token and the catalog that came with it. <see cref="ToString"/> never contains the token.</summary>
internal sealed class Token(string id, DateTimeOffset expires, IReadOnlyList<CatalogService> catalog, string? projectId)
{
    public string Id => id;

    public DateTimeOffset Expires => expires;

    public IReadOnlyList<CatalogService> Catalog => catalog;

    /// <summary>The ID of the project of the token, or null.</summary>
    public string? ProjectId => projectId;

    public override string ToString() => $"token that ends at {expires:u}";
}
