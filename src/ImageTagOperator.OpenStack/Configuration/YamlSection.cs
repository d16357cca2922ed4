namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>A mapping of clouds.yaml, with errors that name its position.</summary>
internal sealed class YamlSection
{
    private readonly string path;
    private readonly YamlPosition at;
    private readonly (string File, string Path)? profile;
    private readonly IReadOnlyDictionary<string, YamlNode> entries;

    /// <param name="profile">The position of the profile below this section; null when there is none.</param>
    private YamlSection(string path, YamlMapping node, (string File, string Path)? profile = null) =>
        (this.path, at, this.profile, entries) = (path, node.At, profile, node.Entries);

    /// <param name="file">The name of the file in messages.</param>
    /// <param name="needed">The key that the file must contain, for the message.</param>
    /// <exception cref="InvalidCloudsYamlException">The text is not valid YAML, or not a mapping.</exception>
    public static YamlSection Root(string yaml, string file = "clouds.yaml", string needed = "clouds") =>
        YamlTree.Read(yaml, file) is YamlMapping root
        ? Of(root)
        : throw new InvalidCloudsYamlException($"{file} is empty or not a mapping; it must hold the key '{needed}'.");

    public static YamlSection Of(YamlMapping root) => new("", root);

    /// <summary>The name of the file in messages.</summary>
    public string File => at.File;

    public IEnumerable<string> Keys => entries.Keys;

    /// <param name="dashes">True to read <c>auth-url</c> as <c>auth_url</c>, as openstacksdk does below the names of the clouds.</param>
    public YamlSection? Section(string key, bool dashes = false) => entries.GetValueOrDefault(key) switch
    {
        null => null,
        YamlMapping child => Child(key, dashes ? WithoutDashes(key, child) : child),
        var other => throw Error($"'{key}' must be a mapping", other),
    };

    public bool Has(string key) => Text(key) is not null;

    /// <summary>A scalar as text, whatever its YAML type; null when the key is missing or empty.</summary>
    public string? Text(string key) => entries.GetValueOrDefault(key) switch
    {
        null => null,
        YamlScalar { Value: "" } => null,
        YamlScalar { IsPlain: true, Value: "null" or "Null" or "NULL" or "~" } => null,
        YamlScalar scalar => scalar.Value,
        var other => throw Error($"'{key}' must be a single value", other),
    };

    /// <summary>Reads the words that PyYAML treats as booleans, quoted ones as well.</summary>
    public bool? Flag(string key) => Text(key)?.ToUpperInvariant() switch
    {
        null => null,
        "TRUE" or "YES" or "ON" => true,
        "FALSE" or "NO" or "OFF" => false,
        _ => throw Error($"'{key}' must be true or false", entries[key]),
    };

    public YamlNode? Node(string key) => entries.GetValueOrDefault(key);

    /// <param name="about">The node that is wrong; null for this section.</param>
    public InvalidCloudsYamlException Error(string what, YamlNode? about = null)
    {
        var place = about?.At ?? at;
        if (place.Line == 0) return new($"{place.File}: {what}.");
        var where = profile is var (file, below) && place.File == file ? below : path;
        return new(
            $"{place.File}{(where.Length == 0 ? "" : $", {where.TrimEnd('.')}")} (line {place.Line}, column {place.Column}): {what}.");
    }

    /// <summary>An error about the value of a key, in the file that it comes from.</summary>
    public InvalidCloudsYamlException ErrorOf(string key, string what) => Error(what, Node(key));

    /// <summary>Overrides a profile with this section as openstacksdk does: only <c>auth</c> is merged. The result no longer names the
    /// profile.</summary>
    public YamlSection MergedOver(YamlSection profile)
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
