using ImageTagOperator.Entities;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>A set's <c>spec.image</c>: by the id or the name of an image of this index, or by a glob over names.</summary>
internal sealed record Target(int? Id = null, int? Name = null, string? Glob = null, int? Newest = null)
{
    public bool IsSelector => Glob is not null;

    public ImageReference Reference => this switch
    {
        { Id: { } id } => new ImageReference { Id = ModelImage.IdOf(id) },
        { Name: { } name } => new ImageReference { Name = ModelImage.NameOf(name) },
        _ => new ImageReference { Selector = new ImageSelector { Names = [Glob!], Newest = Newest } },
    };

    /// <summary>The images, of so many that there are; null: there is no such image.</summary>
    public int[]? Select(int count)
    {
        if (!IsSelector) return (Id ?? Name) is { } one && one < count ? [one] : null;
        var matches = Enumerable.Range(0, count)
            .Where(image => Glob == "*" || ModelImage.NameOf(image).StartsWith(Glob!.TrimEnd('*'), StringComparison.Ordinal));
        return [.. Newest is { } newest ? matches.TakeLast(newest) : matches];
    }

    public override string ToString() => this switch
    {
        { Id: { } id } => $"id {id}",
        { Name: { } name } => $"name {name}",
        _ => $"names {Glob}{(Newest is { } newest ? $" newest {newest}" : "")}",
    };
}
