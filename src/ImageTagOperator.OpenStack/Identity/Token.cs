namespace ImageTagOperator.OpenStack.Identity;

/// <summary>A token and the catalog that came with it. <see cref="ToString"/> never contains the token.</summary>
/// <param name="asked">The timestamp of our clock when the token was requested.</param>
internal sealed class Token(
    string id, long asked, TimeSpan lifetime, IReadOnlyList<CatalogService> catalog, string? projectId, string identity)
{
    public string Id => id;

    /// <summary>Left of it by our own clock alone: the cloud's may be hours away from it.</summary>
    public TimeSpan LifeLeft(TimeProvider time) => lifetime - time.GetElapsedTime(asked);

    public IReadOnlyList<CatalogService> Catalog => catalog;

    /// <summary>The ID of the project of the token, or null.</summary>
    public string? ProjectId => projectId;

    /// <summary><see cref="CloudAccess.Identity"/>.</summary>
    public string Identity => identity;

    public override string ToString() => $"token that lives for {lifetime}";
}
