namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>Which specs there ever were, and which images each of them ever meant.</summary>
internal sealed class History
{
    private readonly HashSet<(int Set, Declared Spec, int Image)> claims = [];
    private readonly HashSet<(int Set, Declared Spec)> specs = [];

    /// <summary>Notes how things are now.</summary>
    public void Note(Stage stage)
    {
        foreach (var (set, spec) in stage.Alive)
        {
            specs.Add((set, spec));
            claims.UnionWith((spec.Image.Select(stage.Glance.Images.Count) ?? []).Select(image => (set, spec, image)));
        }
    }

    public IEnumerable<(int Set, Declared Spec)> On(int image) => claims.Where(claim => claim.Image == image).Select(claim => (claim.Set, claim.Spec));

    /// <summary>A set that meant the image without the tag came to declare the tag for others. In between it may have looked as if it declared
    /// the tag for this one, which keeps others from taking it away.</summary>
    public bool SeemedToDeclare(int image, string tag) => On(image).GroupBy(claim => claim.Set, claim => claim.Spec).Any(set =>
        set.Any(spec => !spec.Tags.Contains(tag)) && Of(set.Key).Any(spec => spec.Tags.Contains(tag) && !claims.Contains((set.Key, spec, image))));

    public IEnumerable<Declared> Of(int set) => specs.Where(spec => spec.Set == set).Select(spec => spec.Spec);
}
