namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>A clouds.yaml for those who ask for its clouds one after the other: the file is read once. Safe for concurrent use.</summary>
/// <param name="publicClouds">The text of clouds-public.yaml; null: there is none.</param>
public sealed class CloudsFile(string yaml, string? publicClouds = null)
{
    private readonly Lazy<YamlSection> root = new(() => YamlSection.Root(yaml));
    private readonly Lazy<YamlSection?> profiles = new(() => CloudsYaml.PublicClouds(publicClouds));

    /// <inheritdoc cref="CloudsYaml.Parse(string, string, TlsFiles?, Func{string, string}?, string?)"/>
    public CloudConfiguration Find(string cloudName, TlsFiles files) =>
        CloudsYaml.Parse(root.Value, cloudName, files, readFile: null, () => profiles.Value);
}
