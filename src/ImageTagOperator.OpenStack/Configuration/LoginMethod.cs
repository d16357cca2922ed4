namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>Builds the credential from login options, as keystoneauth's plugins password, token and v3applicationcredential do.</summary>
internal static class LoginMethod
{
    private const string ApplicationCredentialType = "v3applicationcredential";

    private static readonly string[] Common =
    [
        "auth_url", "system_scope", "domain_id", "domain_name", "project_id", "project_name", "tenant_id", "tenant_name",
            "project_domain_id", "project_domain_name",
    ];

    private static readonly string[] User = ["user_id", "username", "user_name", "user_domain_id", "user_domain_name"];

    private static readonly string[] AnyVersion = ["default_domain_id", "default_domain_name"];

    /// <summary>Options of gophercloud: a default domain, and whether a token is renewed, which it always is here.</summary>
    private static readonly string[] Gophercloud = ["default_domain", "allow_reauth"];

    private static readonly string[] ApplicationCredentialOptions =
        ["application_credential_id", "application_credential_name", "application_credential_secret"];

    /// <exception cref="InvalidCloudsYamlException">An option is missing, or one is given that this login method would ignore.</exception>
    public static CloudCredential Of(YamlSection cloud, LoginOptions options)
    {
        var type = Type(cloud, options);
        switch (type)
        {
            case "password" or "v3password":
                RejectUnknown(options, type, [.. Common, .. User, "password"]);
                return Password(options);
            case "token" or "v3token":
                RejectUnknown(options, type, [.. Common, "token", "auth_token"]);
                return new TokenCredential(options.Required("token"));
            case ApplicationCredentialType:
                RejectUnknown(options, type, [.. Common, .. User, .. ApplicationCredentialOptions]);
                return Application(options);
            default:
                throw cloud.ErrorOf("auth_type", $"auth_type '{type}' is not supported; use password, v3applicationcredential or token");
        }
    }

    private static string Type(YamlSection cloud, LoginOptions options)
    {
        var type = cloud.Text("auth_type");
        if (cloud.Text("auth_plugin") is { } older && older != type) throw cloud.ErrorOf("auth_plugin",
            "'auth_plugin' is no longer heard by any program; write 'auth_type'");
        return type ?? (options.Has("application_credential_id") || options.Has("application_credential_name") ? ApplicationCredentialType
            : "password");
    }

    private static PasswordCredential Password(LoginOptions options)
    {
        var (id, name) = (options.Text("user_id"), options.Text("username"));
        if (id is null && name is null) throw options.Error("needs 'username' or 'user_id'");
        return new PasswordCredential(id, name, UserDomain(options, id), options.Required("password"));
    }

    private static ApplicationCredential Application(LoginOptions options)
    {
        var (id, name) = (options.Text("application_credential_id"), options.Text("application_credential_name"));
        var secret = options.Required("application_credential_secret");
        if (id is null && name is null) throw options.Error("needs 'application_credential_id' or 'application_credential_name'");
        string[] scopes = ["project_id", "project_name", "domain_id", "domain_name", "system_scope"];
        if (scopes.FirstOrDefault(options.Has) is { } scope) throw options.ErrorOf(
            scope, $"an application credential is for one project and takes no scope; remove '{scope}'");
        if (id is not null) return new ApplicationCredential(id, name, null, null, null, secret);

        var (userId, username) = (options.Text("user_id"), options.Text("username"));
        if (userId is null && username is null) throw options.Error(
            "'application_credential_name' needs 'username' or 'user_id' beside it");
        return new ApplicationCredential(null, name, userId, username, UserDomain(options, userId), secret);
    }

    private static Domain? UserDomain(LoginOptions options, string? userId)
    {
        var domain = options.DomainOf("user");
        return userId is null && domain is null ? throw options.Error("'username' needs 'user_domain_name' or 'user_domain_id' beside it")
            : domain;
    }

    /// <summary>Rejects unknown options, as the openstack command does: one may be a misspelled scope, and ignoring it would use another
    /// project.</summary>
    private static void RejectUnknown(LoginOptions options, string type, string[] accepted)
    {
        accepted = type.StartsWith("v3", StringComparison.Ordinal)
            ? [.. accepted, .. Gophercloud]
            : [.. accepted, .. Gophercloud, .. AnyVersion];
        if (options.Given.FirstOrDefault(name => !accepted.Contains(name)) is not { } other) return;
        throw options.ErrorOf(other, other switch
        {
            "passcode" => "'passcode' is for a login with several factors, which needs a human; use an application credential",
            "trust_id" => "'trust_id': trusts are not supported; use an application credential",
            "token" or "auth_token" => $"auth_type '{type}' takes no 'token'; set auth_type to token, or remove it",
            _ when ApplicationCredentialOptions.Contains(other) =>
                $"auth_type '{type}' takes no '{other}'; set auth_type to {ApplicationCredentialType}, or remove it",
            _ => $"auth_type '{type}' takes no '{other}'; correct or remove it",
        });
    }
}
