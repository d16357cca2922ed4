namespace ImageTagOperator.OpenStack;

/// <summary>A clouds.yaml for those who ask for its clouds one after the other: the file is read once. Safe for concurrent use.</summary>
public sealed class CloudsFile(string yaml)
{
    private readonly Lazy<YamlSection> root = new(() => YamlSection.Root(yaml));

    /// <inheritdoc cref="CloudsYaml.Parse(string, string, TlsFiles?, Func{string, string}?)"/>
    public CloudConfiguration Find(string cloudName, TlsFiles files) => CloudsYaml.Parse(root.Value, cloudName, files, readFile: null);
}
