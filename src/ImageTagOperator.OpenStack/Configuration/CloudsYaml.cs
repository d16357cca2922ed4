using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ImageTagOperator.OpenStack;

/// <summary>Reads clouds.yaml, the file of python-openstackclient and openstacksdk
/// (docs.openstack.org/openstacksdk, "Configuring OpenStack SDK Applications"), as far as the Image API needs it.</summary>
public static class CloudsYaml
{
    /// <summary>Finds one cloud.</summary>
    /// <param name="yaml">The file's text.</param>
    /// <param name="cloudName">The entry under <c>clouds</c>.</param>
    /// <param name="caCertificates">PEM text that stands in for a <c>cacert</c> path, which means nothing on another machine.</param>
    /// <param name="readFile">Reads the file that a <c>cacert</c> path names; null where paths mean nothing (a Secret).</param>
    /// <exception cref="InvalidCloudsYamlException">The text is no YAML, lacks the cloud, or lacks what a login needs.</exception>
    public static CloudConfiguration Parse(string yaml, string cloudName, string? caCertificates = null, Func<string, string>? readFile = null)
    {
        var clouds = YamlSection.Root(yaml).Section("clouds")
            ?? throw new InvalidCloudsYamlException("clouds.yaml has no key 'clouds'; it must hold one entry per cloud.");
        var cloud = clouds.Section(cloudName)
            ?? throw new InvalidCloudsYamlException($"clouds.yaml has no cloud '{cloudName}'; it has {Listed(clouds.Keys)}. Correct cloudName or the file.");
        var auth = cloud.Section("auth")
            ?? throw cloud.Error($"cloud '{cloudName}' has no key 'auth'");

        var credential = Credential(cloud, auth);
        return new CloudConfiguration(
            cloudName,
            KeystoneV3(cloud, auth),
            credential,
            credential is ApplicationCredential ? new CloudScope() : Scope(auth),
            cloud.Text("region_name"),
            Interface(cloud),
            ImageEndpoint(cloud),
            caCertificates ?? CaCertificates(cloud, readFile),
            Verify(cloud));
    }

    private static CloudCredential Credential(YamlSection cloud, YamlSection auth)
    {
        var userDomain = DomainOf(auth, "user_domain_id", "user_domain_name") ?? DomainOf(auth, "default_domain_id", "default_domain_name");
        var method = cloud.Text("auth_type") ?? (auth.Has("application_credential_id") || auth.Has("application_credential_name")
            ? "v3applicationcredential"
            : "password");
        switch (method)
        {
            case "password" or "v3password":
                if (auth.Text("username") is null && auth.Text("user_id") is null) throw auth.Error("needs 'username' or 'user_id'");
                return new PasswordCredential(auth.Text("user_id"), auth.Text("username"), userDomain, auth.Needed("password"));
            case "v3applicationcredential":
                var secret = auth.Needed("application_credential_secret");
                var (id, name) = (auth.Text("application_credential_id"), auth.Text("application_credential_name"));
                if (id is null && name is null) throw auth.Error("needs 'application_credential_id' or 'application_credential_name'");
                if (id is null && auth.Text("username") is null && auth.Text("user_id") is null)
                {
                    throw auth.Error("'application_credential_name' needs 'username' or 'user_id' beside it");
                }

                return new ApplicationCredential(id, name, auth.Text("user_id"), auth.Text("username"), userDomain, secret);
            case "token" or "v3token":
                return new TokenCredential(auth.Needed("token"));
            default:
                throw cloud.Error($"auth_type '{method}' is not supported; use password, v3applicationcredential or token");
        }
    }

    private static CloudScope Scope(YamlSection auth)
    {
        var projectDomain = DomainOf(auth, "project_domain_id", "project_domain_name") ?? DomainOf(auth, "default_domain_id", "default_domain_name");
        if ((auth.Text("project_id") ?? auth.Text("tenant_id")) is { } projectId) return new CloudScope(ProjectId: projectId);
        if ((auth.Text("project_name") ?? auth.Text("tenant_name")) is { } projectName) return new CloudScope(ProjectName: projectName, ProjectDomain: projectDomain);
        if (DomainOf(auth, "domain_id", "domain_name") is { } domain) return new CloudScope(Domain: domain);
        return new CloudScope(System: auth.Text("system_scope") == "all");
    }

    private static Domain? DomainOf(YamlSection auth, string idKey, string nameKey) =>
        (auth.Text(idKey), auth.Text(nameKey)) switch
        {
            (null, null) => null,
            ({ } id, _) => new Domain(id, null),
            (null, { } name) => new Domain(null, name),
        };

    private static Uri KeystoneV3(YamlSection cloud, YamlSection auth)
    {
        if (cloud.Text("identity_api_version") is { } version && version.Split('.')[0] != "3")
        {
            throw cloud.Error($"identity_api_version '{version}' is not supported; Keystone v3 is needed");
        }

        var url = HttpUrl(auth, "auth_url", auth.Needed("auth_url"));
        var text = url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        if (text.EndsWith("/v2.0", StringComparison.Ordinal)) throw auth.Error("'auth_url' is a Keystone v2.0 address; Keystone v3 is needed");
        return new Uri(text.EndsWith("/v3", StringComparison.Ordinal) ? text : text + "/v3");
    }

    private static string Interface(YamlSection cloud)
    {
        var value = cloud.Text("interface") ?? cloud.Text("endpoint_type") ?? "public";
        var bare = value.EndsWith("URL", StringComparison.Ordinal) ? value[..^3] : value;   // publicURL is the older spelling
        return bare is "public" or "internal" or "admin" ? bare : throw cloud.Error($"interface '{value}' is not one of public, internal, admin");
    }

    private static Uri? ImageEndpoint(YamlSection cloud) =>
        cloud.Text("image_endpoint_override") is { } text ? HttpUrl(cloud, "image_endpoint_override", text) : null;

    private static string? CaCertificates(YamlSection cloud, Func<string, string>? readFile)
    {
        if (cloud.Text("cacert") is not { } path) return null;
        if (readFile is null)
        {
            throw cloud.Error($"'cacert' is the path '{path}', which does not exist here; put the certificates into the Secret under the key 'cacert'");
        }

        try
        {
            return readFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidCloudsYamlException($"clouds.yaml: 'cacert' file '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static bool Verify(YamlSection cloud) => cloud.Text("verify")?.ToUpperInvariant() switch
    {
        null or "TRUE" or "YES" or "ON" => true,
        "FALSE" or "NO" or "OFF" => false,
        _ => throw cloud.Error("'verify' must be true or false"),
    };

    private static Uri HttpUrl(YamlSection section, string key, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
            ? url
            : throw section.Error($"'{key}' is not an http or https URL");

    private static string Listed(IEnumerable<string> names)
    {
        var listed = string.Join(", ", names.Select(name => $"'{name}'"));
        return listed.Length == 0 ? "none" : listed;
    }

    /// <summary>A mapping of the file, with the words to complain about it.</summary>
    private sealed class YamlSection(string path, YamlMappingNode node)
    {
        private const int MaxDepth = 32;

        public static YamlSection Root(string yaml)
        {
            try
            {
                RefuseDepth(yaml);
                var stream = new YamlStream();
                stream.Load(new StringReader(yaml));
                return stream.Documents is [{ RootNode: YamlMappingNode root }, ..]
                    ? new YamlSection("", root)
                    : throw new InvalidCloudsYamlException("clouds.yaml is empty or not a mapping; it must hold the key 'clouds'.");
            }
            catch (YamlException e)
            {
                // The parser's own message may quote the text around the error, and with it a password.
                throw new InvalidCloudsYamlException($"clouds.yaml is not valid YAML at line {e.Start.Line}, column {e.Start.Column}.");
            }
        }

        /// <summary>YamlDotNet builds its nodes by recursion, and a stack that overflows ends the process for every cloud it serves.</summary>
        private static void RefuseDepth(string yaml)
        {
            var parser = new Parser(new StringReader(yaml));
            for (var depth = 0; parser.MoveNext(); depth += parser.Current!.NestingIncrease)
            {
                if (depth > MaxDepth) throw new InvalidCloudsYamlException($"clouds.yaml is nested deeper than {MaxDepth} levels at line {parser.Current!.Start.Line}.");
            }
        }

        public IEnumerable<string> Keys => node.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "");

        public YamlSection? Section(string key) => Find(key) switch
        {
            null => null,
            YamlMappingNode child => new YamlSection($"{path}{key}.", child),
            var other => throw Error($"'{key}' must be a mapping", other),
        };

        public bool Has(string key) => Text(key) is not null;

        /// <summary>A scalar as text, whatever its YAML type; null where the key is missing or empty.</summary>
        public string? Text(string key) => Find(key) switch
        {
            null => null,
            YamlScalarNode { Value: "" or null } => null,
            YamlScalarNode { Style: ScalarStyle.Plain, Value: "null" or "~" } => null,
            YamlScalarNode scalar => scalar.Value,
            var other => throw Error($"'{key}' must be a single value", other),
        };

        public string Needed(string key) => Text(key) ?? throw Error($"needs '{key}'");

        public InvalidCloudsYamlException Error(string what, YamlNode? at = null) =>
            new($"clouds.yaml, {path.TrimEnd('.')} (line {(at ?? node).Start.Line}): {what}.");

        private YamlNode? Find(string key) => node.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode scalar && scalar.Value == key).Value;
    }
}
