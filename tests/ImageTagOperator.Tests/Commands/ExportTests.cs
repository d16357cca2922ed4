using ImageTagOperator.Sandbox.Cloud;
using Xunit;

namespace ImageTagOperator.Tests.Commands;

/// <summary><c>export</c>, and the round trip through <c>plan</c>.</summary>
public sealed class ExportTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--group")]
    [InlineData("--by-id --untagged")]
    [InlineData("--group --untagged")]
    [InlineData("--policy Additive")]
    public async Task A_plan_of_the_export_has_no_changes(string options)
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        Fill(cloud);
        var (code, output, error) = await run.TypeAsync("export --cloud demo " + options);
        Assert.True(code == 0, error);
        run.Write("exported.yaml", output);
        var valid = await run.TypeAsync("validate -f exported.yaml");
        Assert.True(valid.Code == 0, valid.Out + output);
        var plan = await run.TypeAsync("plan -f exported.yaml");
        Assert.True(plan.Code == 0, plan.Out + plan.Error + output);
    }

    [Fact]
    public async Task Uses_image_names_where_they_are_unique_and_omits_tags_that_cannot_be_declared()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        FillWithNames(cloud);
        await run.IsGoldenAsync("export", "export --cloud demo");
        await run.IsGoldenAsync("export-group", "export --cloud demo --group --namespace images --secret mine");
    }

    [Fact]
    public async Task Supports_the_conditions_of_a_selector()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        Fill(cloud);
        var (_, output, error) = await run.TypeAsync("export --cloud demo --name ubuntu-* --tag lts --newest 1");
        Assert.Contains("name: ubuntu-24.04\n", output, StringComparison.Ordinal);
        Assert.StartsWith("1 ImageTagSet for 1 of ", error, StringComparison.Ordinal);
        Assert.Equal(1, (await run.TypeAsync("export --cloud demo --property wrong")).Code);
    }

    private static void FillWithNames(SandboxCloud cloud)
    {
        cloud.AddImage("ubuntu-24.04", "golden", "lts");
        cloud.AddImage("debian-12", "golden", "lts");
        cloud.AddImage("odd *", "a/b", "lts", "LTS", " blank", "ü", "..", "*");
        cloud.AddImage("untagged");
        cloud.AddImage("Große (Büro) / 1", "golden");
    }

    private static void Fill(SandboxCloud cloud)
    {
        FillWithNames(cloud);
        cloud.AddImage("Twin", "one");
        cloud.AddImage("Twin", "two");
        cloud.AddImage("", "nameless");
        cloud.AddImage("many", Enumerable.Range(0, 128).Select(number => $"tag-{number}"));
    }
}
