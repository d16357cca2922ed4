namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>A public cloud whose address openstacksdk knows by name (<c>profile: NAME</c>; openstack/config/vendors of openstacksdk 0.101).
/// Clouds that need more than an address, or only speak Keystone v2, are left out.</summary>
/// <param name="AuthUrl">The address of Keystone; may contain <c>{region_name}</c>.</param>
/// <param name="Region">The only region; null when the file must name one.</param>
/// <param name="Domain">The domain of user and project; null when the file must name it.</param>
internal sealed record VendorProfile(string AuthUrl, string? Region = null, string? Domain = null)
{
    private static readonly Dictionary<string, VendorProfile> Known = new()
    {
        ["auro"] = new("https://api.van2.auro.io:5000/v3", "RegionOne", "Default"),
        ["betacloud"] = new("https://api-1.betacloud.de:5000", "betacloud-1"),
        ["citycloud"] = new("https://{region_name}.citycloud.com:5000/v3/"),
        ["dreamcompute"] = new("https://iad2.dream.io:5000", "RegionOne"),
        ["elastx"] = new("https://ops.elastx.cloud:5000/v3", "se-sto"),
        ["fuga"] = new("https://identity.api.fuga.io:5000", "cystack", "Default"),
        ["ibmcloud"] = new("https://identity.open.softlayer.com", "london"),
        ["internap"] = new("https://identity.api.cloud.iweb.com"),
        ["limestonenetworks"] = new("https://auth.cloud.lstn.net:5000/v3"),
        ["otc"] = new("https://iam.{region_name}.otc.t-systems.com/v3"),
        ["ovh"] = new("https://auth.cloud.ovh.net/", Domain: "Default"),
        ["ovh-us"] = new("https://auth.cloud.ovh.us/", "US-EAST-VA-1", "Default"),
        ["switchengines"] = new("https://keystone.cloud.switch.ch:5000/v3"),
        ["unitedstack"] = new("https://identity.api.ustack.com/v3"),
        ["zetta"] = new("https://identity.api.zetta.io/v3", "no-osl1"),
    };

    /// <summary>The names of the built-in profiles, in order.</summary>
    public static IEnumerable<string> Names => Known.Keys.Order(StringComparer.Ordinal);

    /// <summary>The profile that a cloud names; null when it names none, or an unknown one but has its own <c>auth_url</c>.</summary>
    /// <exception cref="InvalidCloudsYamlException">The profile is unknown and needed.</exception>
    public static VendorProfile? Of(YamlSection cloud, YamlSection? auth)
    {
        if ((cloud.Text("profile") ?? cloud.Text("cloud")) is not { } name) return null;
        if (Known.TryGetValue(name, out var profile)) return profile;
        if (auth?.Has("auth_url") == true || cloud.Has("auth_url")) return null;
        throw cloud.ErrorOf(cloud.Has("profile") ? "profile" : "cloud",
            $"the profile '{name}' is not one of those known here ({string.Join(", ", Names)}); give 'auth_url' instead");
    }
}
