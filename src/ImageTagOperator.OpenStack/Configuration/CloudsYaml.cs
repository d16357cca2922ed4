using System.Diagnostics.CodeAnalysis;

namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>Reads the keys of clouds.yaml that the Image API needs, as python-openstackclient and openstacksdk do
/// (docs.openstack.org/openstacksdk, "Configuring OpenStack SDK Applications").</summary>
public static class CloudsYaml
{
    private const int MaxListed = 20;
    private const string PublicKey = "public-clouds";

    /// <summary>Reads one cloud.</summary>
    /// <param name="yaml">The text of the file.</param>
    /// <param name="cloudName">The name of the entry under <c>clouds</c>.</param>
    /// <param name="files">PEM texts to use instead of the files that the cloud names.</param>
    /// <param name="readFile">Reads the files that the cloud names; null where paths mean nothing, as in a Secret.</param>
    /// <param name="publicClouds">The text of clouds-public.yaml, whose entries a cloud can name as <c>profile</c>; null when there is
    /// none.</param>
    /// <exception cref="InvalidCloudsYamlException">The text is not valid YAML, the cloud or a needed key is missing, or a key is not
    /// supported.</exception>
    public static CloudConfiguration Parse(
        string yaml, string cloudName, TlsFiles? files = null, Func<string, string>? readFile = null, string? publicClouds = null) =>
        Parse(YamlSection.Root(yaml), cloudName, files, readFile, () => PublicClouds(publicClouds));

    /// <inheritdoc cref="Parse(string, string, TlsFiles?, Func{string, string}?, string?)"/>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a value of the file makes a library throw, the file is what is wrong")]
    internal static CloudConfiguration Parse(
        YamlSection root, string cloudName, TlsFiles? files, Func<string, string>? readFile, Func<YamlSection?>? publicClouds = null)
    {
        try
        {
            return Read(root, cloudName, files, readFile, publicClouds);
        }
        catch (Exception e) when (e is not InvalidCloudsYamlException)
        {
            // The message of the exception may quote a value.
            throw new InvalidCloudsYamlException(
                $"{root.File}, clouds.{cloudName} holds a value that cannot be used ({e.GetType().Name}). Correct it.", e);
        }
    }

    private static CloudConfiguration Read(
        YamlSection root, string cloudName, TlsFiles? files, Func<string, string>? readFile, Func<YamlSection?>? publicClouds)
    {
        var clouds = root.Section("clouds")
            ?? throw new InvalidCloudsYamlException($"{root.File} has no key 'clouds'; it must hold one entry per cloud.");
        var cloud = clouds.Section(cloudName, dashes: true)
            ?? throw new InvalidCloudsYamlException(
                $"{root.File} has no cloud '{cloudName}'; it has {Listed(clouds.Keys)}. Correct cloudName or the file.");
        if ((cloud.Text("profile") ?? cloud.Text("cloud")) is { } name
            && publicClouds?.Invoke()?.Section(name, dashes: true) is { } ownProfile)
        {
            cloud = cloud.MergedOver(ownProfile);
        }

        var auth = cloud.Section("auth", dashes: true);
        var profile = VendorProfile.Of(cloud, auth);
        var options = new LoginOptions(cloud, auth, profile);
        if (auth is null && !options.Has("auth_url")) throw cloud.Error($"cloud '{cloudName}' has no key 'auth'");

        RejectOtherServices(cloud);
        var region = CloudRegion.Of(cloud, profile);
        var credential = LoginMethod.Of(cloud, options);
        var verify = Verify(cloud);
        var tls = (files ?? new TlsFiles()).WithFilesOf(cloud, verify, readFile);
        return new CloudConfiguration(
            cloudName,
            KeystoneV3(cloud, options, region),
            credential,
            credential is ApplicationCredential ? new CloudScope() : Scope(options),
            cloud.Text("image_region_name") ?? region,
            Interface(cloud),
            ImageEndpoint(cloud, region),
            tls.CaCertificates,
            verify,
            tls.ClientCertificate,
            tls.ClientKey);
    }

    /// <summary>The profiles in clouds-public.yaml, which take precedence over the built-in ones.</summary>
    /// <exception cref="InvalidCloudsYamlException">The text is not valid YAML, or not a mapping.</exception>
    internal static YamlSection? PublicClouds(string? yaml, string file = "clouds-public.yaml") =>
        string.IsNullOrWhiteSpace(yaml) ? null : YamlSection.Root(yaml, file, PublicKey).Section(PublicKey);

    private static CloudScope Scope(LoginOptions options)
    {
        if (options.Text("project_id") is { } projectId) return new CloudScope(ProjectId: projectId);
        if (options.Text("project_name") is { } projectName)
        {
            var projectDomain = options.DomainOf("project")
                ?? throw options.Error("'project_name' needs 'project_domain_name' or 'project_domain_id' beside it");
            return new CloudScope(ProjectName: projectName, ProjectDomain: projectDomain);
        }

        if (options.Text("domain_id") is { } domainId) return new CloudScope(Domain: new Domain(domainId, null));
        if (options.Text("domain_name") is { } domainName) return new CloudScope(Domain: new Domain(null, domainName));
        return options.Text("system_scope") switch
        {
            null => new CloudScope(),
            "all" => new CloudScope(System: true),
            _ => throw options.ErrorOf("system_scope", "'system_scope' must be all"),
        };
    }

    private static Uri KeystoneV3(YamlSection cloud, LoginOptions options, string? region)
    {
        if (cloud.Text("identity_api_version") is { } version && version.Split('.')[0] != "3")
        {
            throw cloud.ErrorOf("identity_api_version", $"identity_api_version '{version}' is not supported; Keystone v3 is needed");
        }

        var url = HttpUrl(CloudRegion.FillIn(cloud, "auth_url", options.Required("auth_url"), region))
            ?? throw options.ErrorOf("auth_url", "'auth_url' is not an http or https URL");
        var text = url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        if (text.EndsWith("/v2.0", StringComparison.Ordinal)) throw options.ErrorOf(
            "auth_url", "'auth_url' is a Keystone v2.0 address; Keystone v3 is needed");
        return new Uri(text.EndsWith("/v3", StringComparison.Ordinal) ? text : text + "/v3");
    }

    /// <summary>openstacksdk prefers the older name of each key.</summary>
    private static string Interface(YamlSection cloud)
    {
        string[] names = ["image_endpoint_type", "image_interface", "endpoint_type", "interface"];
        if (names.FirstOrDefault(cloud.Has) is not { } key) return "public";
        var value = cloud.Text(key)!;
        var bare = value.EndsWith("URL", StringComparison.Ordinal) ? value[..^3] : value;   // publicURL is the older spelling
        return bare is "public" or "internal" or "admin" ? bare
            : throw cloud.ErrorOf(key, $"{key} '{value}' is not one of public, internal, admin");
    }

    private static Uri? ImageEndpoint(YamlSection cloud, string? region)
    {
        var key = cloud.Has("image_endpoint_override") ? "image_endpoint_override" : "image_endpoint";
        if (cloud.Text(key) is not { } text) return null;
        return HttpUrl(CloudRegion.FillIn(cloud, key, text, region)) ?? throw cloud.ErrorOf(key, $"'{key}' is not an http or https URL");
    }

    /// <summary>Rejects keys that make python-openstackclient use another service than this client would.</summary>
    private static void RejectOtherServices(YamlSection cloud)
    {
        const string remedy = "is not supported; give the address as 'image_endpoint_override'";
        if (cloud.Text("image_service_type") is not (null or "image")) throw cloud.ErrorOf(
            "image_service_type", $"'image_service_type' {remedy}");
        if (cloud.Has("image_service_name")) throw cloud.ErrorOf("image_service_name", $"'image_service_name' {remedy}");
        if (cloud.Text("image_api_version") is { } version && version.Split('.')[0] != "2")
        {
            throw cloud.ErrorOf("image_api_version", $"image_api_version '{version}' is not supported; Image API v2 is needed");
        }
    }

    private static bool Verify(YamlSection cloud)
    {
        var verify = cloud.Flag("verify") ?? true;
        return cloud.Flag("insecure") != true && verify;
    }

    private static Uri? HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 ? url : null;

    private static string Listed(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 0 ? "none" : string.Join(", ", all.Take(MaxListed).Select(name => $"'{name}'"))
            + (all.Length > MaxListed ? ", ..." : "");
    }
}
