using ImageTagOperator.OpenStack.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

public sealed class CloudsYamlTests
{
    private const string Secret = "s3cr3t";

    [Fact]
    public void A_password_with_names_and_domains()
    {
        var cloud = Parse("""
            region_name: RegionOne
            interface: internal
            identity_api_version: 3
            auth: {auth_url: "http://keystone:5000/v3/", username: demo, password: s3cr3t, project_name: p, user_domain_name: Users, project_domain_id: projects}
            """);
        Assert.Equal(new PasswordCredential(null, "demo", new Domain(null, "Users"), Secret), cloud.Credential);
        Assert.Equal(new CloudScope(ProjectName: "p", ProjectDomain: new Domain("projects", null)), cloud.Scope);
        Assert.Equal(("demo", "http://keystone:5000/v3", "RegionOne", "internal", true),
            (cloud.Name, cloud.AuthUrl.AbsoluteUri, cloud.RegionName, cloud.Interface, cloud.VerifyTls));
    }

    [Fact]
    public void A_password_with_ids()
    {
        var cloud = Parse("auth: {auth_url: http://k, user_id: u1, password: s3cr3t, project_id: p1}");
        Assert.Equal(new PasswordCredential("u1", null, null, Secret), cloud.Credential);
        Assert.Equal(new CloudScope(ProjectId: "p1"), cloud.Scope);
    }

    [Fact]
    public void The_default_domain_serves_user_and_project()
    {
        var cloud = Parse("auth: {auth_url: http://k, username: demo, password: s3cr3t, project_name: p, default_domain_name: D}");
        Assert.Equal(new Domain(null, "D"), ((PasswordCredential)cloud.Credential).UserDomain);
        Assert.Equal(new Domain(null, "D"), cloud.Scope.ProjectDomain);
    }

    [Theory]
    [InlineData("auth_type: v3applicationcredential\n")]
    [InlineData("")]
    public void An_application_credential_by_id_has_no_scope_of_its_own(string type)
    {
        var cloud = Parse(type + "auth: {auth_url: http://k, application_credential_id: a1, application_credential_secret: s3cr3t}");
        Assert.Equal(new ApplicationCredential("a1", null, null, null, null, Secret), cloud.Credential);
        Assert.True(cloud.Scope.IsEmpty);
    }

    [Fact]
    public void An_application_credential_by_name_comes_with_its_user()
    {
        var cloud = Parse(
            "auth: {auth_url: http://k, application_credential_name: a, application_credential_secret: s3cr3t, username: demo, "
            + "user_domain_id: d}");
        Assert.Equal(new ApplicationCredential(null, "a", null, "demo", new Domain("d", null), Secret), cloud.Credential);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("v3token")]
    public void A_token(string type)
    {
        var cloud = Parse($"auth_type: {type}\nauth: {{auth_url: http://k, token: s3cr3t, project_id: p1}}");
        Assert.Equal(new TokenCredential(Secret), cloud.Credential);
        Assert.Equal("p1", cloud.Scope.ProjectId);
    }

    [Fact]
    public void Scopes_other_than_a_project()
    {
        const string auth = "auth: {auth_url: http://k, username: demo, user_domain_id: d, password: s3cr3t, ";
        Assert.Equal(new CloudScope(Domain: new Domain("d", null)), Parse(auth + "domain_id: d}").Scope);
        Assert.Equal(new CloudScope(System: true), Parse(auth + "system_scope: all}").Scope);
        Assert.Equal(new CloudScope(ProjectId: "t"), Parse(auth + "tenant_id: t}").Scope);
        Assert.True(Parse(auth + "}").Scope.IsEmpty);
    }

    [Theory]
    [InlineData("12345")]
    [InlineData("0123")]
    [InlineData("0x1F")]
    [InlineData("1e3")]
    [InlineData("1_000")]
    [InlineData("true")]
    [InlineData("no")]
    [InlineData("2026-01-01")]
    [InlineData("1.10")]
    public void A_password_without_quotes_keeps_its_text(string password)
    {
        var cloud = Parse($"auth:\n  auth_url: http://k\n  username: demo\n  user_domain_id: d\n  password: {password}");
        Assert.Equal(password, ((PasswordCredential)cloud.Credential).Password);
    }

    [Theory]
    [InlineData("http://k:5000", "http://k:5000/v3")]
    [InlineData("http://k:5000/", "http://k:5000/v3")]
    [InlineData("http://k/identity/v3", "http://k/identity/v3")]
    [InlineData("https://k/keystone/v3/", "https://k/keystone/v3")]
    public void The_auth_url_works_with_and_without_its_version(string given, string expected) =>
        Assert.Equal(expected,
            Parse($"auth: {{auth_url: \"{given}\", username: demo, user_domain_id: d, password: x}}").AuthUrl.AbsoluteUri.TrimEnd('/'));

    [Theory]
    [InlineData("interface: publicURL", "public")]
    [InlineData("endpoint_type: internalURL", "internal")]
    [InlineData("interface: admin", "admin")]
    [InlineData("region_name: R", "public")]
    public void Older_spellings_of_the_interface_mean_the_same(string line, string expected) =>
        Assert.Equal(expected, Parse(line + "\nauth: {auth_url: http://k, username: demo, user_domain_id: d, password: x}").Interface);

    [Theory]
    [InlineData("false", false)]
    [InlineData("False", false)]
    [InlineData("no", false)]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    public void Verify_accepts_the_booleans_of_YAML(string text, bool expected) =>
        Assert.Equal(
            expected, Parse($"verify: {text}\nauth: {{auth_url: http://k, username: demo, user_domain_id: d, password: x}}").VerifyTls);

    [Fact]
    public void Certificates_come_from_the_Secret_or_from_the_file_that_cacert_names()
    {
        const string yaml = "cacert: /ca.pem\nauth: {auth_url: http://k, username: demo, user_domain_id: d, password: x}";
        Assert.Equal("given", CloudsYaml.Parse(Cloud(yaml), "demo", new TlsFiles("given")).CaCertificates);
        Assert.Equal("read /ca.pem", CloudsYaml.Parse(Cloud(yaml), "demo", readFile: path => "read " + path).CaCertificates);
        var error = Assert.Throws<InvalidCloudsYamlException>(
            () => CloudsYaml.Parse(Cloud(yaml), "demo", readFile: _ => throw new FileNotFoundException("no such file")));
        Assert.Contains("/ca.pem", error.Message, StringComparison.Ordinal);
        Assert.Contains("no such file", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The lines of a cloud (the first is line 3 of the file), the key in the message, and its line.</summary>
    public static TheoryData<string, string, int> Mistakes => new()
    {
        { "region_name: R", "'auth'", 3 },
        { "auth: text", "'auth'", 3 },
        { "auth:\n  username: demo\n  user_domain_id: d\n  password: s3cr3t", "'auth_url'", 4 },
        { "auth:\n  auth_url: http://k\n  username: demo\n  user_domain_id: d", "'password'", 4 },
        { "auth:\n  auth_url: http://k\n  username: demo\n  user_domain_id: d\n  password:", "'password'", 4 },
        { "auth:\n  auth_url: http://k\n  username: demo\n  user_domain_id: d\n  password: {a: s3cr3t}", "'password'", 7 },
        { "auth:\n  auth_url: http://k\n  password: s3cr3t", "'username' or 'user_id'", 4 },
        { "auth:\n  auth_url: ftp://k\n  username: demo\n  user_domain_id: d\n  password: s3cr3t", "'auth_url'", 4 },
        { "auth:\n  auth_url: http://demo:s3cr3t@k\n  username: demo\n  user_domain_id: d\n  password: s3cr3t", "'auth_url'", 4 },
        { "auth:\n  auth_url: http://k/v2.0\n  username: demo\n  user_domain_id: d\n  password: s3cr3t", "'auth_url'", 4 },
        { "auth:\n  auth_url: http://k\n  application_credential_id: a", "'application_credential_secret'", 4 },
        { "auth_type: v3applicationcredential\nauth:\n  auth_url: http://k\n  application_credential_secret: s3cr3t",
            "'application_credential_id' or 'application_credential_name'", 5 },
        { "auth:\n  auth_url: http://k\n  application_credential_name: a\n  application_credential_secret: s3cr3t",
            "'username' or 'user_id'", 4 },
        { "auth_type: token\nauth:\n  auth_url: http://k", "'token'", 5 },
        { "auth_type: v3kerberos\nauth:\n  auth_url: http://k\n  password: s3cr3t", "auth_type 'v3kerberos'", 3 },
        { "identity_api_version: 2.0\nauth: {auth_url: http://k, username: demo, user_domain_id: d, password: s3cr3t}",
            "identity_api_version", 3 },
        { "interface: outer\nauth: {auth_url: http://k, username: demo, user_domain_id: d, password: s3cr3t}", "interface 'outer'", 3 },
        { "verify: maybe\nauth: {auth_url: http://k, username: demo, user_domain_id: d, password: s3cr3t}", "'verify'", 3 },
        { "cacert: /ca.pem\nauth: {auth_url: http://k, username: demo, user_domain_id: d, password: s3cr3t}", "'cacert'", 3 },
        { "image_endpoint_override: glance\nauth: {auth_url: http://k, username: demo, user_domain_id: d, password: s3cr3t}",
            "'image_endpoint_override'", 3 },
        { "region_name: [R]\nauth: {auth_url: http://k, username: demo, user_domain_id: d, password: s3cr3t}", "'region_name'", 3 },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_reported_with_its_key_and_line_and_without_secrets(string lines, string key, int line)
    {
        var error = Assert.Throws<InvalidCloudsYamlException>(() => Parse(lines));
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains($"(line {line}, column ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "key 'clouds'")]
    [InlineData("- a", "key 'clouds'")]
    [InlineData("cloud: {}", "key 'clouds'")]
    [InlineData("clouds:\n  other: {}\n  third: {}", "no cloud 'demo'; it has 'other', 'third'")]
    [InlineData("clouds: {}", "it has none")]
    [InlineData("clouds:\n  demo:\n    auth:\n      password: 's3cr3t\n", "not valid YAML at line")]
    [InlineData("clouds:\n  demo:\n    auth: {password: s3cr3t, password: s3cr3t}\n", "not valid YAML at line 3")]
    [InlineData("clouds:\n  demo: &a\n    auth: *s3cr3t\n", "not valid YAML at line")]
    public void A_file_without_the_cloud_is_refused_without_quoting_its_text(string yaml, string expected)
    {
        var error = Assert.Throws<InvalidCloudsYamlException>(() => CloudsYaml.Parse(yaml, "demo"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auth: {auth_url: http://k, username: demo, user_domain_id: d, password: s3cr3t}")]
    [InlineData("auth: {auth_url: http://k, application_credential_id: a, application_credential_secret: s3cr3t}")]
    [InlineData("auth_type: token\nauth: {auth_url: http://k, token: s3cr3t}")]
    public void No_configuration_prints_its_secret(string lines)
    {
        var cloud = Parse(lines);
        Assert.DoesNotContain(Secret, $"{cloud} {cloud.Credential} {cloud.Credential.Description} {cloud.Scope}", StringComparison.Ordinal);
    }

    private static CloudConfiguration Parse(string lines) => CloudsYaml.Parse(Cloud(lines), "demo");

    private static string Cloud(string lines) => "clouds:\n  demo:\n" + string.Concat(lines.Split('\n').Select(line => $"    {line}\n"));
}
