using System.Text.RegularExpressions;

namespace ImageTagOperator.IntegrationTests.WaysIn;

/// <summary>The ways to write a login in clouds.yaml. NAME, DOMAIN, USER, PROJECT, APP, SECRET, TOKEN and PASSWORD stand for those of a
/// <see cref="Population"/>, URL for Keystone's address without its version.</summary>
internal static class Forms
{
    private const string Url = "auth_url: URL/v3";
    private const string Who = "username: NAME, password: 'PASSWORD', user_domain_name: NAME";
    private const string Where = "project_name: NAME, project_domain_name: NAME";
    private const string Password = $"{Url}, {Who}, {Where}";
    private const string AppById = $"{Url}, application_credential_id: APP, application_credential_secret: SECRET";
    private const string AppByName = $"{Url}, application_credential_name: NAME, application_credential_secret: SECRET";

    /// <summary>The command, the library and the operator log in with the same result.</summary>
    public static readonly Dictionary<string, string> Same = new()
    {
        ["password"] = $"auth: {{{Password}}}",
        ["v3password"] = $"{{auth_type: v3password, auth: {{{Password}}}}}",
        ["password-by-ids"] = $"auth: {{{Url}, user_id: USER, password: 'PASSWORD', project_id: PROJECT}}",
        ["domains-by-id"] = $"auth: {{{Url}, username: NAME, password: 'PASSWORD', user_domain_id: DOMAIN, project_name: NAME, "
            + $"project_domain_id: DOMAIN}}",
        ["id-wins-over-name"] = $"auth: {{{Password}, user_domain_id: DOMAIN, project_id: PROJECT, user_id: USER}}",
        ["unversioned-url"] = $"auth: {{auth_url: URL, {Who}, {Where}}}",
        ["unversioned-url-with-slash"] = $"{{auth_type: v3password, auth: {{auth_url: URL/, {Who}, {Where}}}}}",
        ["version-3"] = $"{{identity_api_version: 3, auth: {{{Password}}}}}",
        ["domain-once"] = $"auth: {{{Url}, username: NAME, password: 'PASSWORD', project_name: NAME, domain_name: NAME}}",
        ["domain-once-by-id"] = $"auth: {{{Url}, username: NAME, password: 'PASSWORD', project_name: NAME, domain_id: DOMAIN}}",
        ["default-domain"] = $"auth: {{{Url}, username: NAME, password: 'PASSWORD', project_name: NAME, default_domain_name: NAME}}",
        ["default-domain-id"] = $"auth: {{{Url}, username: NAME, password: 'PASSWORD', project_name: NAME, default_domain_id: DOMAIN}}",
        ["default-domain-id-wins"] = $"auth: {{{Url}, username: NAME, password: 'PASSWORD', user_domain_name: nowhere, {Where}, "
            + $"default_domain_id: DOMAIN}}",
        ["tenant"] = $"auth: {{{Url}, {Who}, tenant_name: NAME, project_domain_name: NAME}}",
        ["tenant-id"] = $"auth: {{{Url}, {Who}, tenant_id: PROJECT}}",
        ["project-wins-over-tenant"] = $"auth: {{{Password}, tenant_name: nowhere}}",
        ["user-name"] = $"auth: {{{Url}, user_name: NAME, password: 'PASSWORD', user_domain_name: NAME, {Where}}}",
        ["dashes"] = "auth: {auth-url: URL/v3, username: NAME, password: 'PASSWORD', user-domain-name: NAME, project-name: NAME, "
            + "project-domain-name: NAME}",
        ["no-auth-at-all"] = $"{{{Password}}}",
        ["partly-beside-auth"] = $"{{auth: {{{Url}, password: 'PASSWORD'}}, username: NAME, user_domain_name: NAME, {Where}}}",
        ["auth-wins-for-a-project"] = $"{{project_name: nowhere, auth: {{{Password}}}}}",
        ["domain-scope"] = $"auth: {{{Url}, {Who}, domain_name: NAME}}",
        ["domain-scope-by-id"] = $"auth: {{{Url}, {Who}, domain_id: DOMAIN}}",
        ["domain-beside-auth"] = $"{{domain_id: DOMAIN, auth: {{{Url}, {Who}}}}}",
        ["system-scope"] = $"auth: {{{Url}, {Who}, system_scope: all}}",
        ["project-wins-over-system"] = $"auth: {{{Password}, system_scope: all}}",
        ["application-credential"] = $"{{auth_type: v3applicationcredential, auth: {{{AppById}}}}}",
        ["application-credential-by-name"] = $"{{auth_type: v3applicationcredential, auth: {{{AppByName}, username: NAME, "
            + $"user_domain_name: NAME}}}}",
        ["application-credential-by-user-id"] = $"{{auth_type: v3applicationcredential, auth: {{{AppByName}, user_id: USER}}}}",
        ["application-credential-with-project-domain"] = $"{{auth_type: v3applicationcredential, auth: {{{AppById}, project_domain_name: "
            + $"NAME}}}}",
        ["token"] = $"{{auth_type: token, auth: {{{Url}, token: 'TOKEN', {Where}}}}}",
        ["v3token"] = $"{{auth_type: v3token, auth: {{{Url}, token: 'TOKEN', project_id: PROJECT}}}}",
        ["token-domain-scope"] = $"{{auth_type: token, auth: {{{Url}, token: 'TOKEN', domain_id: DOMAIN}}}}",
        ["merge-key"] = "{<<: *defaults, region_name: RegionOne}",
        ["merge-key-in-auth"] = $"auth: {{<<: [{{username: NAME}}, *auth], {Where}}}",
        ["irrelevant-keys"] = $"{{volume_api_version: 3, compute_api_version: 2.79, networks: [{{name: n}}], api_timeout: 60, auth: "
            + $"{{{Password}}}}}",
        ["unknown-profile-with-an-url"] = $"{{profile: nowhere, auth: {{{Password}}}}}",
        ["one-of-regions"] = $"{{regions: [RegionOne], auth: {{{Password}}}}}",
        ["several-regions"] = $"{{regions: [RegionOne, RegionTwo], region_name: RegionTwo, auth: {{{Password}}}}}",
    };

    /// <summary>The command and the operator both reject these.</summary>
    public static readonly Dictionary<string, string> Refused = new()
    {
        ["wrong-password"] = $"auth: {{{Url}, username: NAME, password: wrong, user_domain_name: NAME, {Where}}}",
        ["wrong-project"] = $"auth: {{{Url}, {Who}, project_name: nowhere, project_domain_name: NAME}}",
        ["wrong-domain"] = $"auth: {{{Url}, username: NAME, password: 'PASSWORD', user_domain_name: Default, {Where}}}",
        ["no-user-domain"] = $"auth: {{{Url}, username: NAME, password: 'PASSWORD', {Where}}}",
        ["no-project-domain"] = $"auth: {{{Url}, {Who}, project_name: NAME}}",
        ["v3-no-user-domain"] = $"{{auth_type: v3password, auth: {{{Url}, username: NAME, password: 'PASSWORD', {Where}}}}}",
        ["v3-default-domain"] = $"{{auth_type: v3password, auth: {{{Password}, default_domain_name: NAME}}}}",
        ["application-credential-scoped"] = $"{{auth_type: v3applicationcredential, auth: {{{AppById}, project_id: PROJECT}}}}",
        ["application-credential-scoped-beside"] = $"{{auth_type: v3applicationcredential, project_id: PROJECT, auth: {{{AppById}}}}}",
        ["application-credential-domain"] = $"{{auth_type: v3applicationcredential, auth: {{{AppById}, domain_id: DOMAIN}}}}",
        ["application-credential-wrong"] =
            $"{{auth_type: v3applicationcredential, auth: {{{Url}, application_credential_id: APP, application_credential_secret: wrong}}}}",
        ["application-credential-no-domain"] = $"{{auth_type: v3applicationcredential, identity_api_version: 3, auth: {{{AppByName}, "
            + $"username: NAME}}}}",
        ["application-credential-password"] = $"{{auth_type: v3applicationcredential, auth: {{{AppById}, password: 'PASSWORD'}}}}",
        ["application-credential-bare-type"] = $"{{auth_type: applicationcredential, auth: {{{AppById}}}}}",
        ["application-credential-as-password"] = $"{{auth_type: password, auth: {{{AppById}}}}}",
        ["token-without-type"] = $"auth: {{{Url}, token: 'TOKEN', {Where}}}",
        ["token-wrong"] = $"{{auth_type: token, auth: {{{Url}, token: wrong, {Where}}}}}",
        ["token-no-project-domain"] = $"{{auth_type: token, identity_api_version: 3, auth: {{{Url}, token: 'TOKEN', project_name: NAME}}}}",
        ["token-with-user"] = $"{{auth_type: token, auth: {{{Url}, token: 'TOKEN', username: NAME, {Where}}}}}",
        ["passcode"] = $"auth: {{{Password}, passcode: '123456'}}",
        ["passcode-beside"] = $"{{passcode: '123456', auth: {{{Password}}}}}",
        ["misspelt"] = $"auth: {{{Url}, {Who}, projekt_name: NAME}}",
        ["trust"] = $"auth: {{{Url}, {Who}, trust_id: 'no trust'}}",
        ["unknown-type"] = $"{{auth_type: v3nonsense, auth: {{{Password}}}}}",
        ["auth-plugin"] = $"{{auth_plugin: token, auth: {{{Url}, token: 'TOKEN', {Where}}}}}",
        ["version-2"] = $"{{identity_api_version: 2, auth: {{{Password}}}}}",
        ["no-password"] = $"auth: {{{Url}, username: NAME, user_domain_name: NAME, {Where}}}",
        ["different-passwords"] = $"{{password: wrong, auth: {{{Password}}}}}",
    };

    /// <summary>The command rejects these, or logs in elsewhere; openstacksdk or gophercloud, and the operator, do as the file
    /// says.</summary>
    public static readonly Dictionary<string, string> Wider = new()
    {
        ["default-domain-with-version"] =
            $"{{identity_api_version: 3, auth: {{{Url}, username: NAME, password: 'PASSWORD', project_name: NAME, default_domain_name: "
                + $"NAME}}}}",
        ["application-credential-without-type"] = $"auth: {{{AppById}}}",
    };

    /// <summary>The command gets a token with less than the file says, or shows no images: the operator rejects these, and says
    /// why.</summary>
    public static readonly Dictionary<string, string> Narrower = new()
    {
        ["unscoped"] = $"auth: {{{Url}, {Who}}}",
        ["unscoped-token"] = $"{{auth_type: token, auth: {{{Url}, token: 'TOKEN'}}}}",
        ["system-scope-of-a-part"] = $"auth: {{{Url}, {Who}, system_scope: some}}",
    };

    /// <summary>With only the version in the URL, the command uses the domain with the id <c>default</c>; openstacksdk does not.</summary>
    public const string ImpliedDomain = "{identity_api_version: 3, auth: {auth_url: URL/v3, username: demo, password: secret, "
        + "project_name: demo}}";

    /// <summary>A clouds.yaml with all of them.</summary>
    public static string File(Population people)
    {
        var clouds = new[] { Same, Refused, Wider, Narrower }.SelectMany(forms => forms).Append(new("implied-domain", ImpliedDomain))
            .Select(form => $"  {form.Key}:\n    {form.Value}\n");
        var file = $"x-auth: &auth {{{Url}, username: nobody, password: 'PASSWORD', user_domain_name: NAME}}\n"
            + $"x-defaults: &defaults {{region_name: nowhere, auth: {{{Password}}}}}\nclouds:\n" + string.Concat(clouds);
        (string Placeholder, string Value)[] values =
        [
            ("NAME", people.Name), ("DOMAIN", people.Domain), ("USER", people.User), ("PROJECT", people.Project),
                ("APP", people.ApplicationCredential),
            ("SECRET", people.ApplicationCredentialSecret), ("TOKEN", people.Token), ("PASSWORD", Population.Password),
                ("URL/v3", people.AuthUrl),
            ("URL", people.AuthUrl[..^"/v3".Length]),
        ];
        foreach (var (placeholder, value) in values)
        {
            file = Regex.Replace(file, $@"(?<![A-Za-z0-9_]){placeholder}(?![A-Za-z0-9_])", value);
        }

        return file;
    }
}
