namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>The options of a login. Like openstacksdk, it reads them from <c>auth</c>, from the cloud itself, and from the vendor
/// profile.</summary>
internal sealed class LoginOptions(YamlSection cloud, YamlSection? auth, VendorProfile? profile)
{
    private static readonly Dictionary<string, string> OlderNames = new()
    {
        ["project_id"] = "tenant_id", ["project_name"] = "tenant_name", ["username"] = "user_name", ["token"] = "auth_token",
    };

    private static readonly string[] Unsupported = ["passcode", "trust_id"];

    /// <summary>For these options, all programs prefer the value in <c>auth</c> over the one next to it.</summary>
    private static readonly HashSet<string> TakenFromAuth =
    [
        "project_id", "project_name", "project_domain_id", "project_domain_name", "user_domain_id", "user_domain_name", "domain_id",
            "domain_name", "token",
    ];

    /// <summary>The keys in <c>auth</c>, known or not, and the keys next to it that openstacksdk moves there although no supported login
    /// uses them.</summary>
    public IEnumerable<string> Given => (auth?.Keys.Where(auth.Has) ?? []).Concat(Unsupported.Where(cloud.Has));

    public bool HasProject => Has("project_id") || Has("project_name");

    public bool Has(string name) => Text(name) is not null;

    /// <exception cref="InvalidCloudsYamlException">There are two different values, and programs differ in which one they use.</exception>
    public string? Text(string name)
    {
        var inside = In(auth, name);
        var beside = In(cloud, name);
        if (inside is not null && beside is not null && inside != beside && !TakenFromAuth.Contains(name))
        {
            throw ErrorOf(name,
                $"'{name}' is in 'auth' and beside it, with different values; of these the openstack command takes one and openstacksdk "
                + "the other. Remove one");
        }

        return inside ?? beside ?? FromProfile(name);
    }

    public string Required(string name) => Text(name) ?? throw Error($"needs '{name}'");

    /// <summary>The domain of the user or the project; null when it is not given.</summary>
    /// <param name="whose"><c>user</c> or <c>project</c>.</param>
    public Domain? DomainOf(string whose)
    {
        var (id, name) = (Text($"{whose}_domain_id"), Text($"{whose}_domain_name"));
        if (HasProject)
        {
            // With a project, a bare domain is not a scope but the default of both domains.
            id ??= Text("domain_id");
            name ??= Text("domain_name");
        }

        id ??= Text("default_domain_id");
        name ??= Text("default_domain_name");
        if (id is null && name is null) id = Text("default_domain");
        return (id, name) switch
        {
            ({ }, _) => new Domain(id, null),
            (null, { }) => new Domain(null, name),
            _ => ImpliedDomain,
        };
    }

    public InvalidCloudsYamlException Error(string what) => (auth ?? cloud).Error(what);

    /// <summary>An error about the value of an option, wherever it is given.</summary>
    public InvalidCloudsYamlException ErrorOf(string name, string what) => (auth?.Node(name) is not null ? auth : cloud)
        .ErrorOf(name, what);

    /// <summary>Measured with python-openstackclient 6.0: for a password it falls back to this ID, but only if the version is
    /// set.</summary>
    private Domain? ImpliedDomain => cloud.Text("identity_api_version") == "3" && Has("password") ? new Domain("default", null) : null;

    private string? FromProfile(string name) => name switch
    {
        "auth_url" => profile?.AuthUrl,
        "user_domain_name" or "project_domain_name" => profile?.Domain,
        _ => null,
    };

    private static string? In(YamlSection? section, string name) =>
        section?.Text(name) ?? (OlderNames.TryGetValue(name, out var older) ? section?.Text(older) : null);
}
