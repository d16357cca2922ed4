namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>A mapping of clouds.yaml, with the words to complain about it.</summary>
internal sealed class YamlSection
{
    private readonly string path;
    private readonly long line;
    private readonly IReadOnlyDictionary<string, YamlNode> entries;

    private YamlSection(string path, YamlMapping node) => (this.path, line, entries) = (path, node.Line, node.Entries);

    /// <exception cref="InvalidCloudsYamlException">The text is no YAML, or no mapping.</exception>
    public static YamlSection Root(string yaml) => YamlTree.Read(yaml) is YamlMapping root
        ? Of(root)
        : throw new InvalidCloudsYamlException("clouds.yaml is empty or not a mapping; it must hold the key 'clouds'.");

    public static YamlSection Of(YamlMapping root) => new("", root);

    public IEnumerable<string> Keys => entries.Keys;

    /// <param name="dashes">True reads <c>auth-url</c> as <c>auth_url</c>, which openstacksdk does below the names of the clouds.</param>
    public YamlSection? Section(string key, bool dashes = false) => entries.GetValueOrDefault(key) switch
    {
        null => null,
        YamlMapping child => new YamlSection($"{path}{key}.", dashes ? WithoutDashes(key, child) : child),
        var other => throw Error($"'{key}' must be a mapping", other),
    };

    public bool Has(string key) => Text(key) is not null;

    /// <summary>A scalar as text, whatever its YAML type; null where the key is missing or empty.</summary>
    public string? Text(string key) => entries.GetValueOrDefault(key) switch
    {
        null => null,
        YamlScalar { Value: "" } => null,
        YamlScalar { IsPlain: true, Value: "null" or "Null" or "NULL" or "~" } => null,
        YamlScalar scalar => scalar.Value,
        var other => throw Error($"'{key}' must be a single value", other),
    };

    /// <summary>What PyYAML takes for a boolean, in quotes too.</summary>
    public bool? Flag(string key) => Text(key)?.ToUpperInvariant() switch
    {
        null => null,
        "TRUE" or "YES" or "ON" => true,
        "FALSE" or "NO" or "OFF" => false,
        _ => throw Error($"'{key}' must be true or false", entries[key]),
    };

    public YamlNode? Node(string key) => entries.GetValueOrDefault(key);

    public InvalidCloudsYamlException Error(string what, YamlNode? at = null) =>
        new($"clouds.yaml, {path.TrimEnd('.')} (line {at?.Line ?? line}): {what}.");

    /// <summary>Laid over a profile, as openstacksdk does: only <c>auth</c> is mixed. It does not name the profile any more.</summary>
    public YamlSection Over(YamlSection profile)
    {
        var merged = new Dictionary<string, YamlNode>(profile.entries);
        foreach (var (key, value) in entries) merged[key] = value;
        if (Section("auth", dashes: true) is { } ours && profile.Section("auth", dashes: true) is { } theirs)
        {
            var auth = new Dictionary<string, YamlNode>(theirs.entries);
            foreach (var (key, value) in ours.entries) auth[key] = value;
            merged["auth"] = new YamlMapping(auth, ours.line);
        }

        merged.Remove("profile");
        merged.Remove("cloud");
        return new YamlSection(path, new YamlMapping(merged, line));
    }

    private YamlMapping WithoutDashes(string key, YamlMapping child)
    {
        var renamed = new Dictionary<string, YamlNode>();
        foreach (var (name, value) in child.Entries)
        {
            var plain = name.Replace('-', '_');
            if (!renamed.TryAdd(plain, value)) throw new YamlSection($"{path}{key}.", child).Error($"'{plain}' is there twice, with '_' and with '-'; remove one", value);
        }

        return child with { Entries = renamed };
    }
}
