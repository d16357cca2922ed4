using ImageTagOperator.OpenStack.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>The sources of the login options, and the options that are rejected because nothing would use them. The integration tests
/// compare this with Keystone and the openstack command.</summary>
public sealed class CloudsYamlLoginTests
{
    private const string Secret = "s3cr3t";
    private const string User = "auth_url: http://k, username: demo, password: s3cr3t";
    private const string App = "auth_url: http://k, application_credential_id: a, application_credential_secret: s3cr3t";

    [Theory]
    [InlineData("auth: {$USER, user_domain_name: U, project_name: p, project_domain_name: P}", null, "U", null, "P")]
    [InlineData("auth: {$USER, user_domain_name: U, user_domain_id: u, project_name: p, project_domain_name: P}", "u", null, null, "P")]
    [InlineData("auth: {$USER, project_name: p, domain_name: D}", null, "D", null, "D")]
    [InlineData("auth: {$USER, project_name: p, domain_name: D, user_domain_name: U}", null, "U", null, "D")]
    [InlineData("{domain_id: d, auth: {$USER, project_name: p}}", "d", null, "d", null)]
    [InlineData("auth: {$USER, project_name: p, user_domain_name: U, default_domain_id: d}", "d", null, "d", null)]
    [InlineData("{identity_api_version: 3, auth: {$USER, project_name: p}}", "default", null, "default", null)]
    [InlineData("{identity_api_version: '3', auth: {$USER, project_name: p, user_domain_name: U}}", null, "U", "default", null)]
    [InlineData("{auth: {$USER}, project_name: p, user_domain_name: U, project_domain_id: pd}", null, "U", "pd", null)]
    public void The_domains_of_user_and_project(string cloud, string? userId, string? userName, string? projectId, string? projectName)
    {
        var parsed = Parse(cloud);
        Assert.Equal(new Domain(userId, userName), ((PasswordCredential)parsed.Credential).UserDomain);
        Assert.Equal(new Domain(projectId, projectName), parsed.Scope.ProjectDomain);
    }

    [Fact]
    public void Options_beside_auth_work_as_in_auth()
    {
        var cloud = Parse("{auth_url: http://k, username: demo, user_domain_name: U, password: s3cr3t, project_id: p}");
        Assert.Equal(new PasswordCredential(null, "demo", new Domain(null, "U"), Secret), cloud.Credential);
        Assert.Equal("p", Parse("{project_id: other, auth: {$USER, user_domain_name: U, project_id: p}}").Scope.ProjectId);
        Assert.Equal("p", Parse("auth: {$USER, user_domain_name: U, tenant_id: t, project_id: p}").Scope.ProjectId);
    }

    /// <summary>A cloud, and the message of its rejection.</summary>
    public static TheoryData<string, string> Refused => new()
    {
        { "auth: {$USER}", "'username' needs 'user_domain_name' or 'user_domain_id'" },
        { "auth: {$USER, user_domain_id: d, project_name: p}", "'project_name' needs 'project_domain_name' or 'project_domain_id'" },
        { "{identity_api_version: 3, auth_type: token, auth: {auth_url: http://k, token: s3cr3t, project_name: p}}",
            "'project_name' needs 'project_domain_name'" },
        { "{identity_api_version: 3, auth: {auth_url: http://k, application_credential_name: a, application_credential_secret: s3cr3t, "
            + "username: demo}}", "'username' needs" },
        { "{password: other, auth: {$USER, user_domain_id: d}}", "'password' is in 'auth' and beside it, with different values" },
        { "auth: {$USER, user_domain_id: d, system_scope: some}", "'system_scope' must be all" },
        { "auth: {$USER, user_domain_id: d, projekt_name: s3cr3t}", "auth_type 'password' takes no 'projekt_name'" },
        { "auth: {$USER, user_domain_id: d, passcode: s3cr3t}", "'passcode' is for a login with several factors" },
        { "auth: {$USER, user_domain_id: d, trust_id: s3cr3t}", "trusts are not supported" },
        { "auth: {auth_url: http://k, token: s3cr3t}", "auth_type 'password' takes no 'token'; set auth_type to token" },
        { "{auth_type: v3password, auth: {$USER, default_domain_id: d}}", "auth_type 'v3password' takes no 'default_domain_id'" },
        { "{auth_type: password, auth: {$APP}}", "set auth_type to v3applicationcredential" },
        { "{auth_type: token, auth: {auth_url: http://k, token: s3cr3t, username: demo}}", "auth_type 'token' takes no 'username'" },
        { "{auth_type: applicationcredential, auth: {$APP}}",
            "auth_type 'applicationcredential' is not supported; use password, v3applicationcredential or token" },
        { "{auth_type: v3totp, auth: {$USER, passcode: s3cr3t}}", "auth_type 'v3totp' is not supported" },
        { "{auth_plugin: token, auth: {$USER, user_domain_id: d}}", "'auth_plugin' is no longer heard" },
        { "auth: {$APP, project_name: p}", "takes no scope; remove 'project_name'" },
        { "{project_id: p, auth: {$APP}}", "takes no scope; remove 'project_id'" },
        { "auth: {$APP, domain_name: p}", "takes no scope; remove 'domain_name'" },
        { "{image_api_version: 1, auth: {$APP}}", "image_api_version '1' is not supported" },
        { "{image_service_type: imagev2, auth: {$APP}}", "'image_service_type' is not supported" },
        { "{image_service_name: glance2, auth: {$APP}}", "'image_service_name' is not supported" },
        { "{insecure: perhaps, auth: {$APP}}", "'insecure' must be true or false" },
        { "{region_name: 'A,B', auth: {$APP}}", "several regions" },
        { "{regions: [A, B], auth: {$APP}}", "'regions' must hold one plain name" },
        { "{regions: [{name: A, values: {interface: internal}}], auth: {$APP}}", "'regions' must hold one plain name" },
        { "{regions: [A], region_name: B, auth: {$APP}}", "'regions' and 'region_name' differ" },
        { "auth: {auth_url: 'http://{region_name}', application_credential_id: a, application_credential_secret: s3cr3t}",
            "'region_name' is needed" },
        { "{region_name: R, auth: {auth_url: 'http://{site}', application_credential_id: a, application_credential_secret: s3cr3t}}",
            "only {region_name} is filled in" },
        { "{key: /key.pem, auth: {$APP}}",
            "'key' is the path '/key.pem', which does not exist here; put the file's text into the Secret under the key 'key'" },
        { "{cert: /cert.pem, auth: {$APP}}", "put the file's text into the Secret under the key 'cert'" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Options_without_effect_are_rejected_without_showing_secrets(string cloud, string expected)
    {
        var error = Assert.Throws<InvalidCloudsYamlException>(() => Parse(cloud));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{insecure: true, verify: true, auth: {$APP}}", false)]
    [InlineData("{insecure: false, verify: false, auth: {$APP}}", false)]
    [InlineData("{insecure: false, auth: {$APP}}", true)]
    [InlineData("{verify: false, cacert: /looked/at/by/nobody, auth: {$APP}}", false)]
    public void Insecure_and_verify_false_mean_the_same(string cloud, bool verify) => Assert.Equal(verify, Parse(cloud).VerifyTls);

    [Theory]
    [InlineData("{endpoint_type: internal, interface: admin, auth: {$APP}}", "internal")]
    [InlineData("{image_interface: internal, interface: admin, auth: {$APP}}", "internal")]
    [InlineData("{image_endpoint_type: internalURL, auth: {$APP}}", "internal")]
    public void The_interface_can_be_set_for_images_only(string cloud, string expected) => Assert.Equal(expected, Parse(cloud).Interface);

    [Fact]
    public void A_region_can_be_set_for_images_only_and_fills_in_addresses()
    {
        var cloud = Parse(
            "{region_name: R, image_region_name: I, image_endpoint_override: 'http://i.{region_name}', auth: {auth_url: "
            + "'http://{region_name}.k', application_credential_id: a, application_credential_secret: x}}");
        Assert.Equal(
            ("I", "http://r.k/v3", "http://i.r/"), (cloud.RegionName, cloud.AuthUrl.AbsoluteUri, cloud.ImageEndpointOverride!.AbsoluteUri));
        Assert.Equal("A", Parse("{regions: [A], auth: {$APP}}").RegionName);
        Assert.Equal("A", Parse("{regions: [A, B], region_name: A, auth: {$APP}}").RegionName);
        Assert.Equal("B", Parse("{regions: [A, B], region_name: B, auth: {$APP}}").RegionName);
    }

    [Theory]
    [InlineData("{profile: citycloud, region_name: Fra1, auth: {$LOGIN}}", "https://fra1.citycloud.com:5000/v3", "Fra1")]
    [InlineData("{cloud: betacloud, auth: {$LOGIN}}", "https://api-1.betacloud.de:5000/v3", "betacloud-1")]
    [InlineData(
        "{profile: ovh, region_name: GRA, auth: {username: demo, password: x, project_name: p}}", "https://auth.cloud.ovh.net/v3", "GRA")]
    [InlineData("{profile: betacloud, auth: {auth_url: http://mine, $LOGIN}}", "http://mine/v3", "betacloud-1")]
    [InlineData("{profile: nowhere, auth: {auth_url: http://mine, $LOGIN}}", "http://mine/v3", null)]
    public void A_profile_provides_an_address(string cloud, string address, string? region)
    {
        var parsed = Parse(cloud);
        Assert.Equal((address, region), (parsed.AuthUrl.AbsoluteUri, parsed.RegionName));
    }

    [Theory]
    [InlineData("{profile: nowhere, auth: {$LOGIN}}", "profile 'nowhere' is not one of those known here (auro, betacloud, ")]
    [InlineData("{profile: rackspace, auth: {$LOGIN}}", "give 'auth_url' instead")]
    [InlineData("{profile: 'https://vexxhost.com', auth: {$LOGIN}}", "give 'auth_url' instead")]
    [InlineData("{profile: otc, auth: {$LOGIN}}", "several regions; set 'region_name'")]
    public void A_profile_that_needs_more_is_rejected(string cloud, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidCloudsYamlException>(() => Parse(cloud)).Message, StringComparison.Ordinal);

    private static CloudConfiguration Parse(string cloud) => CloudsYaml.Parse(
        "clouds:\n  demo:\n    " + cloud.Replace("$USER", User, StringComparison.Ordinal).Replace("$APP", App, StringComparison.Ordinal)
            .Replace("$LOGIN", "user_id: u, password: x", StringComparison.Ordinal),
        "demo");
}
