namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>A mapping of clouds.yaml, with the words to complain about it.</summary>
internal sealed class YamlSection
{
    private readonly string path;
    private readonly YamlPlace at;
    private readonly (string File, string Path)? profile;
    private readonly IReadOnlyDictionary<string, YamlNode> entries;

    /// <param name="profile">Where the profile is that this is laid over; null: it is laid over none.</param>
    private YamlSection(string path, YamlMapping node, (string File, string Path)? profile = null) =>
        (this.path, at, this.profile, entries) = (path, node.At, profile, node.Entries);

    /// <param name="file">What messages call it.</param>
    /// <param name="needed">The key that it must hold.</param>
    /// <exception cref="InvalidCloudsYamlException">The text is no YAML, or no mapping.</exception>
    public static YamlSection Root(string yaml, string file = "clouds.yaml", string needed = "clouds") =>
        YamlTree.Read(yaml, file) is YamlMapping root
        ? Of(root)
        : throw new InvalidCloudsYamlException($"{file} is empty or not a mapping; it must hold the key '{needed}'.");

    public static YamlSection Of(YamlMapping root) => new("", root);

    /// <summary>What messages call the file.</summary>
    public string File => at.File;

    public IEnumerable<string> Keys => entries.Keys;

    /// <param name="dashes">True reads <c>auth-url</c> as <c>auth_url</c>, which openstacksdk does below the names of the clouds.</param>
    public YamlSection? Section(string key, bool dashes = false) => entries.GetValueOrDefault(key) switch
    {
        null => null,
        YamlMapping child => Child(key, dashes ? WithoutDashes(key, child) : child),
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

    /// <param name="about">What is wrong; null: this section.</param>
    public InvalidCloudsYamlException Error(string what, YamlNode? about = null)
    {
        var place = about?.At ?? at;
        if (place.Line == 0) return new($"{place.File}: {what}.");
        var where = profile is var (file, below) && place.File == file ? below : path;
        return new(
            $"{place.File}{(where.Length == 0 ? "" : $", {where.TrimEnd('.')}")} (line {place.Line}, column {place.Column}): {what}.");
    }

    /// <summary>About the value of a key, in the file that it comes from.</summary>
    public InvalidCloudsYamlException ErrorOf(string key, string what) => Error(what, Node(key));

    /// <summary>Laid over a profile, as openstacksdk does: only <c>auth</c> is mixed. It does not name the profile any more.</summary>
    public YamlSection Over(YamlSection profile)
    {
        var merged = new Dictionary<string, YamlNode>(profile.entries);
        foreach (var (key, value) in entries) merged[key] = value;
        if (Section("auth", dashes: true) is { } ours && profile.Section("auth", dashes: true) is { } theirs)
        {
            var auth = new Dictionary<string, YamlNode>(theirs.entries);
            foreach (var (key, value) in ours.entries) auth[key] = value;
            merged["auth"] = new YamlMapping(auth, ours.at);
        }

        merged.Remove("profile");
        merged.Remove("cloud");
        return new YamlSection(path, new YamlMapping(merged, at), (profile.File, profile.path));
    }

    private YamlSection Child(string key, YamlMapping child) =>
        new($"{path}{key}.", child, profile is var (file, below) ? (file, $"{below}{key}.") : null);

    private YamlMapping WithoutDashes(string key, YamlMapping child)
    {
        var renamed = new Dictionary<string, YamlNode>();
        foreach (var (name, value) in child.Entries)
        {
            var plain = name.Replace('-', '_');
            if (!renamed.TryAdd(plain, value)) throw Child(key, child)
                .Error($"'{plain}' is there twice, with '_' and with '-'; remove one", value);
        }

        return child with { Entries = renamed };
    }
}
