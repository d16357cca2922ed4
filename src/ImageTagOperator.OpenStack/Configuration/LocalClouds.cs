namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>The clouds of the user of the command line, found as openstacksdk and python-openstackclient do
/// (docs.openstack.org/openstacksdk, "Configuring OpenStack SDK Applications"). The clouds.yaml is the first of
/// <c>$OS_CLIENT_CONFIG_FILE</c>, the current folder, <c>~/.config/openstack</c> and <c>/etc/openstack</c>. A secure.yaml overrides it and
/// clouds-public.yaml provides profiles. The <c>OS_*</c> variables form a cloud named <c>envvars</c>.</summary>
public sealed class LocalClouds
{
    private const string EnvironmentCloud = "envvars";

    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly string folder;
    private readonly string? path;
    private readonly string[] candidates;
    private readonly Lazy<YamlSection> file;

    /// <param name="environment">The environment variables of the process.</param>
    /// <param name="folder">The current folder.</param>
    public LocalClouds(IReadOnlyDictionary<string, string> environment, string folder)
    {
        (this.environment, this.folder) = (environment, folder);
        candidates = [.. Candidates("clouds", "OS_CLIENT_CONFIG_FILE")];
        path = candidates.FirstOrDefault(File.Exists);
        file = new(() => YamlSection.Of(Read()));
    }

    /// <summary>Finds a cloud.</summary>
    /// <param name="chosen">The cloud that the user named; no other is used. Null: the one that the declaration names, if it exists; else
    /// the one that <c>OS_CLOUD</c> names; else the one of the <c>OS_*</c> variables.</param>
    /// <param name="declared">The name in the declaration; null when it names none.</param>
    /// <exception cref="InvalidCloudsYamlException">There is no such cloud, or it is invalid.</exception>
    public CloudConfiguration Find(string? chosen, string? declared)
    {
        if (chosen is not null) return chosen == EnvironmentCloud && !Has(chosen) ? FromVariables() : Named(chosen);
        if (declared is not null && Has(declared)) return Named(declared);
        if (Variable("OS_CLOUD") is { } usual) return usual == EnvironmentCloud && !Has(usual) ? FromVariables() : Named(usual);
        if (Variable("OS_AUTH_URL") is not null) return FromVariables();
        if (declared is null && Names is [var only]) return Named(only);
        if (path is not null && Names is []) throw new InvalidCloudsYamlException(
            $"{path} has no clouds. It must have the key 'clouds', with one entry per cloud.");
        throw new InvalidCloudsYamlException(
            path is null
                ? $"There is no clouds.yaml; looked for {string.Join(", ", candidates)}. Set OS_CLIENT_CONFIG_FILE, or OS_AUTH_URL and "
                + "the other OS_* variables."
            : declared is null ? $"{path} has several clouds: {string.Join(", ", Names)}. Name one with --cloud or OS_CLOUD."
            : $"{path} has no cloud '{declared}'; it has {string.Join(", ", Names)}. Name one with --cloud or OS_CLOUD.");
    }

    private string[] Names => path is not null && file.Value.Section("clouds") is { } clouds ? [.. clouds.Keys] : [];

    private bool Has(string name) => Names.Contains(name);

    private CloudConfiguration Named(string name)
    {
        if (path is null) throw new InvalidCloudsYamlException(
            $"There is no clouds.yaml to look up cloud '{name}' in; looked for {string.Join(", ", candidates)}. "
                + "Set OS_CLIENT_CONFIG_FILE.");
        try
        {
            return CloudsYaml.Parse(file.Value, name, null, ReadFile, Profiles);
        }
        catch (InvalidCloudsYamlException e)
        {
            throw new InvalidCloudsYamlException(e.Message.Replace("cloudName", "the name", StringComparison.Ordinal), e);
        }
    }

    private CloudConfiguration FromVariables()
    {
        string[] others = ["OS_CLOUD", "OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE"];
        var here = new YamlPosition("The OS_* variables", 0, 0);
        var entries = environment
            .Where(pair => pair.Key.StartsWith("OS_", StringComparison.Ordinal) && pair.Value.Length > 0 && !others.Contains(pair.Key))
            .ToDictionary(pair => pair.Key[3..].ToLowerInvariant(), pair => (YamlNode)new YamlScalar(pair.Value, false, here));
        var clouds = new YamlMapping(new Dictionary<string, YamlNode> { [EnvironmentCloud] = new YamlMapping(entries, here) }, here);
        return CloudsYaml.Parse(YamlSection.Of(new YamlMapping(new Dictionary<string, YamlNode> { ["clouds"] = clouds }, here)),
            EnvironmentCloud, null, ReadFile);
    }

    private YamlMapping Read()
    {
        var clouds = Mapping(path!);
        return Candidates("secure", "OS_CLIENT_SECURE_FILE").FirstOrDefault(File.Exists) is { } secrets ? Merge(clouds, Mapping(secrets))
            : clouds;
    }

    private YamlSection? Profiles()
    {
        if (Candidates("clouds-public", null).FirstOrDefault(File.Exists) is not { } profiles) return null;
        try
        {
            return CloudsYaml.PublicClouds(File.ReadAllText(profiles), profiles);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidCloudsYamlException($"{profiles} cannot be read: {e.Message}", e);
        }
    }

    private static YamlMapping Mapping(string path)
    {
        try
        {
            return YamlTree.Read(File.ReadAllText(path), path) as YamlMapping
                ?? throw new InvalidCloudsYamlException($"{path} is empty or not a mapping; it must hold the key 'clouds'.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidCloudsYamlException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static YamlMapping Merge(YamlMapping below, YamlMapping above)
    {
        var merged = new Dictionary<string, YamlNode>(below.Entries);
        foreach (var (key, value) in above.Entries)
        {
            merged[key] = value is YamlMapping map && merged.GetValueOrDefault(key) is YamlMapping known ? Merge(known, map) : value;
        }

        return below with { Entries = merged };
    }

    private IEnumerable<string> Candidates(string name, string? variable)
    {
        if (variable is not null && Variable(variable) is { } set) yield return Path.GetFullPath(Expanded(set), folder);
        string?[] folders = [folder, Variable("XDG_CONFIG_HOME") is { } config ? Path.Combine(config, "openstack") : null,
            Expanded("~/.config/openstack"), "/etc/openstack"];
        foreach (var place in folders.OfType<string>().Distinct())
        {
            foreach (var ending in new[] { ".yaml", ".yml", ".json" }) yield return Path.Combine(place, name + ending);
        }
    }

    private string ReadFile(string name) => File.ReadAllText(Path.GetFullPath(Expanded(name), folder));

    private string Expanded(string name) => name.StartsWith("~/", StringComparison.Ordinal)
        ? Path.Combine(Variable("HOME") ?? "/", name[2..]) : name;

    private string? Variable(string name) => environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}
