using System.Text;
using ImageTagOperator.OpenStack;
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

    // gophercloud/utils#68
    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    public void Of_several_regions_the_one_of_region_name_is_meant(string name) => Assert.Equal(
        name, CloudsYaml.Parse($"clouds: {{demo: {{regions: [A, B], region_name: {name}, auth: {{auth_url: http://k, user_id: u, password: p}}}}}}", "demo").RegionName);
}
