namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>A clouds.yaml that is parsed once for lookups of several clouds. Thread-safe.</summary>
/// <param name="publicClouds">The text of clouds-public.yaml; null when there is none.</param>
public sealed class CloudsFile(string yaml, string? publicClouds = null)
{
    private readonly Lazy<YamlSection> root = new(() => YamlSection.Root(yaml));
    private readonly Lazy<YamlSection?> profiles = new(() => CloudsYaml.PublicClouds(publicClouds));

    /// <inheritdoc cref="CloudsYaml.Parse(string, string, TlsFiles?, Func{string, string}?, string?)"/>
    public CloudConfiguration Find(string cloudName, TlsFiles files) =>
        CloudsYaml.Parse(root.Value, cloudName, files, readFile: null, () => profiles.Value);
}
