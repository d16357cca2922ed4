using ImageTagOperator.OpenStack.Configuration;
using Xunit;

namespace ImageTagOperator.IntegrationTests.WaysIn;

/// <summary>The table of public clouds matches openstacksdk's own files.</summary>
public sealed class VendorProfileTests
{
    [Fact]
    public async Task Every_profile_has_the_address_region_and_domain_that_openstacksdk_knows()
    {
        var file = "clouds:\n" + string.Concat(VendorProfile.Names.Select(name =>
            $"  {name}: {{profile: {name}}}\n  {name}-in-one: {{cloud: {name}, region_name: one}}\n"));
        var path = Path.Combine(Path.GetTempPath(), $"clouds-{Guid.NewGuid():n}.yaml");
        await File.WriteAllTextAsync(path, file, TestContext.Current.CancellationToken);
        var theirs = await CloudsScript.RunAsync(path, "read");
        File.Delete(path);
        var clouds = YamlSection.Root(file).Section("clouds")!;
        Assert.NotEmpty(VendorProfile.Names);
        foreach (var name in VendorProfile.Names)
        {
            var ours = VendorProfile.Of(clouds.Section($"{name}-in-one")!, null)!;
            var read = theirs[$"{name}-in-one"]!;
            Assert.Equal(
                ((string?)read["auth_url"], (string?)read["domain"]),
                (ours.AuthUrl.Replace("{region_name}", (string?)read["region"], StringComparison.Ordinal), ours.Domain));
            if (ours.Region is { } region) Assert.Equal((string?)theirs[name]!["region"], region);
        }
    }
}
