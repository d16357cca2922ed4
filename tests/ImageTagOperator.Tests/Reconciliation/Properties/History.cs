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

    public IEnumerable<(int Set, Declared Spec)> On(int image) => claims.Where(claim => claim.Image == image)
        .Select(claim => (claim.Set, claim.Spec));

    /// <summary>The images that a set ever meant.</summary>
    public IEnumerable<int> ImagesOf(int set) => claims.Where(claim => claim.Set == set).Select(claim => claim.Image).Distinct();

    public IEnumerable<Declared> Of(int set) => specs.Where(spec => spec.Set == set).Select(spec => spec.Spec);
}
