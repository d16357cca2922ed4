using ImageTagOperator.OpenStack.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>The locations of clouds.yaml, and their order.</summary>
public sealed class LocalCloudsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("clouds-");
    private readonly Dictionary<string, string> environment = [];

    public LocalCloudsTests() => environment["HOME"] = Path.Combine(folder.FullName, "home");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_named_file_precedes_the_folder_and_the_home_folder()
    {
        Write("home/.config/openstack/clouds.yaml", Clouds("home"));
        Assert.Equal("home", Url("a"));
        Write("clouds.json",
            """{"clouds": {"a": {"auth": {"auth_url": "http://json", "username": "u", "password": "p", "user_domain_id": "default"}}}}""");
        Assert.Equal("json", Url("a"));
        Write("clouds.yaml", Clouds("here"));
        Assert.Equal("here", Url("a"));
        Write("elsewhere/my.yaml", Clouds("named"));
        environment["OS_CLIENT_CONFIG_FILE"] = "elsewhere/my.yaml";
        Assert.Equal("named", Url("a"));
    }

    [Fact]
    public void Values_in_secure_yaml_override_it()
    {
        Write("clouds.yaml", Clouds("here").Replace(", password: p", "", StringComparison.Ordinal));
        Assert.Contains("needs 'password'", Error("a"), StringComparison.Ordinal);
        Write("secure.yaml", "clouds: {a: {auth: {password: hush}}}");
        Assert.Equal("hush", ((PasswordCredential)Find("a").Credential).Password);
    }

    [Fact]
    public void The_environment_variables_are_a_separate_cloud()
    {
        Assert.StartsWith("There is no clouds.yaml; looked for ", Error("a"), StringComparison.Ordinal);
        (environment["OS_AUTH_URL"], environment["OS_USERNAME"], environment["OS_USER_DOMAIN_NAME"]) = ("http://variables:5000", "me",
            "Default");
        (environment["OS_PROJECT_NAME"], environment["OS_PROJECT_DOMAIN_NAME"], environment["OS_REGION_NAME"]) = ("p", "Default", "");
        Assert.Equal("The OS_* variables: needs 'password'.", Error("a"));
        environment["OS_PASSWORD"] = "hush";
        Assert.Equal("variables", Url("a"));
        Write("clouds.yaml", Clouds("here"));
        Assert.Equal("here", Url("a"));
        Assert.Equal("variables", Url("b"));
        Assert.Equal("variables", new LocalClouds(environment, folder.FullName).Find("envvars", "a").AuthUrl.Host);
    }

    [Fact]
    public void OS_CLOUD_is_used_when_the_file_lacks_the_cloud()
    {
        Write("clouds.yaml", Clouds("here") + "\n  c: {auth: {auth_url: http://third, username: u, password: p, user_domain_id: default}}");
        Assert.Contains("has no cloud 'b'; it has a, c. Name one with --cloud or OS_CLOUD.", Error("b"), StringComparison.Ordinal);
        environment["OS_CLOUD"] = "c";
        Assert.Equal("third", Url("b"));
        Assert.Equal("here", Url("a"));
        Assert.Equal("third", Url(null));
    }

    [Theory]
    [InlineData("cloud: {a: {}}")]
    [InlineData("clouds: {}")]
    public void The_error_for_a_file_without_clouds_names_the_required_key(string yaml)
    {
        Write("clouds.yaml", yaml);
        Assert.EndsWith("/clouds.yaml has no clouds. It must have the key 'clouds', with one entry per cloud.", Error("a"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_the_user_gave_is_not_replaced()
    {
        Write("clouds.yaml", Clouds("here"));
        environment["OS_CLOUD"] = "a";
        var error = Assert.Throws<InvalidCloudsYamlException>(() => new LocalClouds(environment, folder.FullName).Find("b", "a"));
        Assert.StartsWith($"{folder.FullName}/clouds.yaml has no cloud 'b'; it has 'a'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_are_local_files()
    {
        Write("home/ca.pem", "a certificate");
        Write("clouds.yaml", Clouds("here").Replace("a: {", "a: {cacert: ~/ca.pem, ", StringComparison.Ordinal));
        Assert.Equal("a certificate", Find("a").CaCertificates);
    }

    private CloudConfiguration Find(string? declared) => new LocalClouds(environment, folder.FullName).Find(null, declared);

    private string Url(string? declared) => Find(declared).AuthUrl.Host;

    private string Error(string declared) => Assert.Throws<InvalidCloudsYamlException>(() => Find(declared)).Message;

    private static string Clouds(string host) =>
        $"clouds:\n  a: {{auth: {{auth_url: 'http://{host}', username: u, password: p, user_domain_id: default}}}}";

    private void Write(string name, string content)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
