using System.Text;
using ImageTagOperator.OpenStack.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>clouds.yaml files that other programs accept.</summary>
public sealed class CloudsYamlReports
{
    // kubernetes/kubernetes#39007, bitnami-labs/sealed-secrets#1410
    [Fact]
    public void A_file_of_PowerShell_is_read_without_its_byte_order_mark()
    {
        const string yaml = "clouds: {demo: {auth: {auth_url: http://k, user_id: u, password: \u00fc}}}";
        Encoding[] encodings = [
            new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true), new UTF8Encoding(false)];
        foreach (var encoding in encodings)
        {
            var text = EncodedText.Read([.. encoding.GetPreamble(), .. encoding.GetBytes(yaml)]);
            Assert.Equal(yaml, text);
            Assert.Equal("\u00fc", ((PasswordCredential)CloudsYaml.Parse(text, "demo").Credential).Password);
        }
    }

    // gophercloud/utils#38, gophercloud/utils#39
    [Fact]
    public void The_default_domain_of_gophercloud_is_the_id_for_user_and_project()
    {
        var cloud = CloudsYaml.Parse(
            "clouds: {demo: {auth: {auth_url: http://k, username: u, password: p, project_name: x, default_domain: d}}}", "demo");
        Assert.Equal(
            (new Domain("d", null), new Domain("d", null)), (((PasswordCredential)cloud.Credential).UserDomain, cloud.Scope.ProjectDomain));
    }

    // gophercloud/utils#162
    [Fact]
    public void A_token_is_renewed_without_an_option() => Assert.Equal(
        "user 'u'", CloudsYaml.Parse("clouds: {demo: {auth: {auth_url: http://k, user_id: u, password: p, allow_reauth: true}}}",
            "demo").Credential.Description);

    // openshift/installer#6266, gophercloud/utils#168
    [Fact]
    public void A_custom_profile_in_clouds_public_yaml_overrides_a_known_one()
    {
        const string profiles = """
            public-clouds:
              otc: {auth: {auth_url: http://mine, user-domain-name: D, project_domain_name: D}, region_name: R, interface: internal}
            """;
        var cloud = CloudsYaml.Parse("clouds: {demo: {profile: otc, region_name: S, auth: {username: u, password: p, project_name: x}}}",
            "demo", publicClouds: profiles);
        Assert.Equal((new Uri("http://mine/v3"), "S", "internal"), (cloud.AuthUrl, cloud.RegionName, cloud.Interface));
        Assert.Equal(
            (new Domain(null, "D"), new Domain(null, "D")), (((PasswordCredential)cloud.Credential).UserDomain, cloud.Scope.ProjectDomain));
    }

    // openshift/installer#6266
    [Fact]
    public void A_profile_that_is_missing_in_clouds_public_yaml_is_unknown() => Assert.Contains(
        "the profile 'betacloud-2' is not one of those known here",
        Assert.Throws<InvalidCloudsYamlException>(() =>
            CloudsYaml.Parse("clouds: {demo: {profile: betacloud-2, auth: {username: u, password: p}}}", "demo",
                publicClouds: "public-clouds: {other: {}}")).Message,
        StringComparison.Ordinal);

    // openshift/installer#6266
    [Theory]
    [InlineData("auth: {auth_url: ftp://k}",
        "clouds-public.yaml, public-clouds.mine.auth (line 3, column 22): 'auth_url' is not an http or https URL.")]
    [InlineData("interface: outer",
        "clouds-public.yaml, public-clouds.mine (line 3, column 16): interface 'outer' is not one of public, internal, admin.")]
    [InlineData("verify: maybe", "clouds-public.yaml, public-clouds.mine (line 3, column 13): 'verify' must be true or false.")]
    [InlineData("regions: [A, B]",
        "clouds-public.yaml, public-clouds.mine (line 3, column 14): 'regions' must hold one plain name; make an entry for each region, "
        + "with 'region_name'.")]
    [InlineData("auth: [x]", "clouds-public.yaml, public-clouds.mine (line 3, column 11): 'auth' must be a mapping.")]
    [InlineData("user-domain-name: D\n    user_domain_name: D",
        "clouds-public.yaml, public-clouds.mine (line 4, column 23): 'user_domain_name' is there twice, with '_' and with '-'; remove one.")]
    [InlineData("cacert: /ca",
        "clouds-public.yaml, public-clouds.mine (line 3, column 13): 'cacert' is the path '/ca', which does not exist here; put the "
        + "file's text into the Secret under the key 'cacert'.")]
    [InlineData("interface: public", "clouds.yaml, clouds.demo.auth (line 4, column 11): needs 'password'.")]
    public void A_mistake_is_reported_for_its_file(string profile, string expected)
    {
        const string yaml = "clouds:\n  demo:\n    profile: mine\n    auth: {user_id: u, auth_url: http://k, password: p}\n";
        var publicClouds = $"public-clouds:\n  mine:\n    {profile}\n";
        var clouds = profile.Contains("auth_url", StringComparison.Ordinal)
            ? yaml.Replace(", auth_url: http://k", "", StringComparison.Ordinal)
            : profile == "interface: public" ? yaml.Replace(", password: p", "", StringComparison.Ordinal) : yaml;
        Assert.Equal(expected,
            Assert.Throws<InvalidCloudsYamlException>(() => CloudsYaml.Parse(clouds, "demo", publicClouds: publicClouds)).Message);
    }

    // dtantsur/rust-osauth#15
    [Fact]
    public void A_mistake_in_a_local_file_is_reported_with_its_path()
    {
        var folder = Directory.CreateTempSubdirectory("clouds-");
        try
        {
            string Written(string name, string yaml)
            {
                var path = Path.Combine(folder.FullName, name);
                File.WriteAllText(path, yaml);
                return path;
            }

            string Told() => Assert.Throws<InvalidCloudsYamlException>(() =>
                new LocalClouds(new Dictionary<string, string>(), folder.FullName).Find("demo", null)).Message;

            var clouds = Written("clouds.yaml", "clouds: {demo: {profile: mine, auth: {user_id: u, password: p}}}");
            Assert.StartsWith($"{clouds}, clouds.demo (line 1, column 26): the profile 'mine' is not one of those known here", Told(),
                StringComparison.Ordinal);
            var profiles = Written("clouds-public.yaml", "public-clouds: {mine: {auth: {auth_url: ftp://k}, interface: outer}}");
            Assert.StartsWith(
                $"{profiles}, public-clouds.mine.auth (line 1, column 41): 'auth_url' is not", Told(), StringComparison.Ordinal);
            Written("clouds-public.yaml", "public-clouds: {mine: {auth: {auth_url: http://k}");
            Assert.StartsWith($"{profiles} is not valid YAML at line ", Told(), StringComparison.Ordinal);
            Written("clouds-public.yaml", "public-clouds: {mine: {auth: {auth_url: http://k}}}");
            var secrets = Written("secure.yaml", "clouds:\n  demo:\n    auth:\n      password: {a: b}\n");
            Assert.Equal($"{secrets}, clouds.demo.auth (line 4, column 17): 'password' must be a single value.", Told());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // osism/testbed#1371
    [Fact]
    public void A_clouds_public_yaml_that_is_not_YAML_is_named() => Assert.Contains(
        "clouds-public.yaml",
        Assert.Throws<InvalidCloudsYamlException>(() =>
            CloudsYaml.Parse(
                "clouds: {demo: {profile: mine, auth: {username: u, password: p}}}", "demo", publicClouds: "public-clouds: [{")).Message,
        StringComparison.Ordinal);

    // dtantsur/rust-osauth#15
    [Fact]
    public void The_clouds_public_yaml_beside_the_local_file_is_used()
    {
        var folder = Directory.CreateTempSubdirectory("clouds-");
        try
        {
            File.WriteAllText(
                Path.Combine(folder.FullName, "clouds.yaml"), "clouds: {demo: {profile: mine, auth: {user_id: u, password: p}}}");
            File.WriteAllText(
                Path.Combine(folder.FullName, "clouds-public.yaml"), "public-clouds: {mine: {auth: {auth_url: http://mine/v3}}}");
            Assert.Equal(
                new Uri("http://mine/v3"), new LocalClouds(new Dictionary<string, string>(), folder.FullName).Find("demo", null).AuthUrl);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // gophercloud/utils#68
    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    public void The_region_name_selects_one_of_several_regions(string name) => Assert.Equal(
        name, CloudsYaml.Parse(
            $"clouds: {{demo: {{regions: [A, B], region_name: {name}, auth: {{auth_url: http://k, user_id: u, password: p}}}}}}",
            "demo").RegionName);
}
