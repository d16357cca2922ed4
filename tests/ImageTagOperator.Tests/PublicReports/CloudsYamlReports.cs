using System.Text;
using ImageTagOperator.OpenStack.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>Files of clouds that other programs take.</summary>
public sealed class CloudsYamlReports
{
    // kubernetes/kubernetes#39007, bitnami-labs/sealed-secrets#1410
    [Fact]
    public void A_file_of_PowerShell_is_read_without_its_byte_order_mark()
    {
        const string yaml = "clouds: {demo: {auth: {auth_url: http://k, user_id: u, password: \u00fc}}}";
        Encoding[] encodings = [new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true), new UTF8Encoding(false)];
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
        var cloud = CloudsYaml.Parse("clouds: {demo: {auth: {auth_url: http://k, username: u, password: p, project_name: x, default_domain: d}}}", "demo");
        Assert.Equal((new Domain("d", null), new Domain("d", null)), (((PasswordCredential)cloud.Credential).UserDomain, cloud.Scope.ProjectDomain));
    }

    // gophercloud/utils#162
    [Fact]
    public void That_a_token_is_to_be_renewed_goes_without_saying() => Assert.Equal(
        "user 'u'", CloudsYaml.Parse("clouds: {demo: {auth: {auth_url: http://k, user_id: u, password: p, allow_reauth: true}}}", "demo").Credential.Description);

    // openshift/installer#6266, gophercloud/utils#168
    [Fact]
    public void A_profile_of_ones_own_is_found_in_clouds_public_yaml_and_goes_before_a_known_one()
    {
        const string profiles = """
            public-clouds:
              otc: {auth: {auth_url: http://mine, user-domain-name: D, project_domain_name: D}, region_name: R, interface: internal}
            """;
        var cloud = CloudsYaml.Parse("clouds: {demo: {profile: otc, region_name: S, auth: {username: u, password: p, project_name: x}}}", "demo", publicClouds: profiles);
        Assert.Equal((new Uri("http://mine/v3"), "S", "internal"), (cloud.AuthUrl, cloud.RegionName, cloud.Interface));
        Assert.Equal((new Domain(null, "D"), new Domain(null, "D")), (((PasswordCredential)cloud.Credential).UserDomain, cloud.Scope.ProjectDomain));
    }

    // openshift/installer#6266
    [Fact]
    public void A_profile_that_clouds_public_yaml_lacks_is_said_to_be_unknown() => Assert.Contains(
        "the profile 'betacloud-2' is not one of those known here",
        Assert.Throws<InvalidCloudsYamlException>(() =>
            CloudsYaml.Parse("clouds: {demo: {profile: betacloud-2, auth: {username: u, password: p}}}", "demo", publicClouds: "public-clouds: {other: {}}")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_clouds_public_yaml_that_is_no_YAML_is_named() => Assert.Contains(
        "clouds-public.yaml",
        Assert.Throws<InvalidCloudsYamlException>(() =>
            CloudsYaml.Parse("clouds: {demo: {profile: mine, auth: {username: u, password: p}}}", "demo", publicClouds: "public-clouds: [{")).Message,
        StringComparison.Ordinal);

    // dtantsur/rust-osauth#15
    [Fact]
    public void The_clouds_public_yaml_beside_the_local_file_is_used()
    {
        var folder = Directory.CreateTempSubdirectory("clouds-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "clouds.yaml"), "clouds: {demo: {profile: mine, auth: {user_id: u, password: p}}}");
            File.WriteAllText(Path.Combine(folder.FullName, "clouds-public.yaml"), "public-clouds: {mine: {auth: {auth_url: http://mine/v3}}}");
            Assert.Equal(new Uri("http://mine/v3"), new LocalClouds(new Dictionary<string, string>(), folder.FullName).Find("demo", null).AuthUrl);
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
    public void Of_several_regions_the_one_of_region_name_is_meant(string name) => Assert.Equal(
        name, CloudsYaml.Parse($"clouds: {{demo: {{regions: [A, B], region_name: {name}, auth: {{auth_url: http://k, user_id: u, password: p}}}}}}", "demo").RegionName);
}
