using ImageTagOperator.OpenStack;
using Xunit;

namespace ImageTagOperator.IntegrationTests.WaysIn;

/// <summary>The table of public clouds says what openstacksdk's own files say.</summary>
public sealed class VendorProfileTests
{
    private const string Login = "username: demo, password: x, user_domain_name: Users, project_id: p";

    [Fact]
    public async Task Every_profile_has_the_address_region_and_domain_that_openstacksdk_knows()
    {
        var names = VendorProfile.Names.ToArray();
        Assert.NotEmpty(names);
        var file = "clouds:\n" + string.Concat(names.Select(name => $"  {name}: {{profile: {name}, auth: {{{Login}}}}}\n  {name}-in-one: {{cloud: {name}, region_name: one, auth: {{{Login}}}}}\n"));
        var path = Path.Combine(Path.GetTempPath(), $"clouds-{Guid.NewGuid():n}.yaml");
        await File.WriteAllTextAsync(path, file, TestContext.Current.CancellationToken);
        var theirs = await CloudsScript.RunAsync(path, "read");
        File.Delete(path);
        foreach (var name in names)
        {
            var ours = CloudsYaml.Parse(file, $"{name}-in-one");
            var read = theirs[$"{name}-in-one"]!;
            Assert.Equal((WithVersion((string)read["auth_url"]!), "one"), (ours.AuthUrl.AbsoluteUri, ours.RegionName));
            if (Region(file, name) is { } region) Assert.Equal((string?)theirs[name]!["region"], region);
        }
    }

    private static string WithVersion(string url) => url.TrimEnd('/') is var bare && bare.EndsWith("/v3", StringComparison.Ordinal) ? bare : $"{bare}/v3";

    /// <summary>Null where we want to be told which.</summary>
    private static string? Region(string file, string name)
    {
        try
        {
            return CloudsYaml.Parse(file, name).RegionName;
        }
        catch (InvalidCloudsYamlException e) when (e.Message.Contains("several regions", StringComparison.Ordinal))
        {
            return null;
        }
    }
}
