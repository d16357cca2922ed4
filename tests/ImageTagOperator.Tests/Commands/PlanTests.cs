using System.Text.Json.Nodes;
using ImageTagOperator.Commands;
using ImageTagOperator.Commands.Output;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;
using static ImageTagOperator.Tests.Commands.Manifests;

namespace ImageTagOperator.Tests.Commands;

/// <summary><c>plan</c> and <c>apply</c> with the sandbox's cloud.</summary>
public sealed class PlanTests
{
    [Fact]
    public async Task Shows_what_would_change_piped_and_on_a_terminal()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        cloud.AddImage("ubuntu-24.04", "nightly");
        cloud.AddImage("debian-12", "golden");
        cloud.AddImage("odd", "a/b", "old");
        run.Write("sets.yaml", Documents(
            Set("ubuntu", "name: ubuntu-24.04", "golden, lts"),
            Set("debian", "name: debian-12", "golden"),
            Set("conflicting", "name: ubuntu-24.04", "x", "policy: Additive"),
            Set("odd", "name: odd", "'new'"),
            Set("missing", "name: windows", "golden"),
            Set("looking", "name: debian-12", "silver", "mode: Observe"),
            Set("resting", "name: debian-12", "silver", "suspend: true"),
            Set("careful", "name: odd", "golden", "mode: Observe", "maxRemovals: 0"),
            Set("globs", "selector: {names: ['ubuntu-*', 'debian-*']}", "seen", "mode: Observe")));
        await run.IsGoldenAsync("plan", "plan -f sets.yaml");
        await run.IsGoldenAsync("plan-terminal", "plan -f sets.yaml", isTerminal: true);
        await run.IsGoldenAsync("plan-json", "plan -f sets.yaml -o json");
        await run.IsGoldenAsync("plan-yaml", "plan -f sets.yaml -o yaml");
        Assert.DoesNotContain(cloud.Calls.All, call => call.Method is "PUT" or "DELETE" or "PATCH");
    }

    [Fact]
    public async Task Output_is_coloured_only_on_request()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        cloud.AddImage("one", "old");
        run.Write("set.yaml", Set("one", "name: one", "new"));
        var piped = await run.TypeAsync("plan -f set.yaml");
        Assert.Equal(2, piped.Code);
        Assert.DoesNotContain('\x1b', piped.Out);
        Assert.Contains('\x1b', (await run.TypeAsync("plan -f set.yaml", isTerminal: true)).Out);
        Assert.Contains('\x1b', (await run.TypeAsync("plan -f set.yaml --color always")).Out);
        run.Environment["NO_COLOR"] = "1";
        Assert.Equal(piped, await run.TypeAsync("plan -f set.yaml", isTerminal: true));
    }

    [Fact]
    public async Task Exits_with_0_when_there_is_nothing_to_do()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        cloud.AddImage("one", "golden");
        var (code, output, _) = await Piped(run, Set("one", "name: one", "golden"));
        Assert.True(code == 0 && output.EndsWith("Nothing to do. 1 set.\n", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task The_first_line_has_the_number_of_sets_with_a_problem()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        cloud.AddImage("one", "golden");
        var (code, output, _) = await Piped(run, Set("missing", "name: windows", "golden"));
        Assert.True(code == 1 && output.EndsWith("\n1 of 1 set has a problem. 0 tags to add, 0 tags to remove.\n", StringComparison.Ordinal),
            output);
    }

    [Fact]
    public async Task Json_output_has_the_errors_of_one_file_and_the_plan_of_the_others_and_apply_changes_nothing()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        var image = cloud.AddImage("one");
        run.Write("sets/good.yaml", Set("one", "name: one", "golden"));
        run.Write("sets/bad.yaml", Set("two", "name: one", "golden", "nothing: 1"));
        run.Write("sets/broken.yaml", "kind: ImageTagSet\nspec: [\n");
        run.Write("sets/twin.yaml", Set("one", "name: one", "lts"));
        var (code, output, error) = await run.TypeAsync("plan -f sets -o json");
        Assert.Equal((1, ""), (code, error));
        var plan = JsonNode.Parse(output)!;
        Assert.Equal("one", (string?)Assert.Single(plan["sets"]!.AsArray())!["name"]);
        Assert.Equal(1, (int?)plan["summary"]!["add"]);
        Assert.Equal(
            ["sets/bad.yaml", "sets/broken.yaml", "sets/twin.yaml"],
            plan["errors"]!.AsArray().Select(one => (string)one!["file"]!).Order(StringComparer.Ordinal));

        (code, output, error) = await run.TypeAsync("apply -f sets -o json");
        Assert.Equal((1, ""), (code, error));
        Assert.Equal(3, JsonNode.Parse(output)!["errors"]!.AsArray().Count);
        Assert.Empty(image.Tags);
    }

    [Theory]
    [InlineData(true, 0.5, "\r2 of 3 sets planned \r\e[K")]
    [InlineData(false, 10, "2 of 3 sets planned\n")]
    public async Task Long_commands_show_their_progress_on_standard_error(bool isTerminal, double seconds, string expected)
    {
        var time = new FakeTimeProvider();
        await using StringWriter output = new(), error = new();
        var here = new CommandContext(
            TextReader.Null, output, error, new Dictionary<string, string>(), "/", isTerminal, time, IsErrorTerminal: isTerminal);
        var progress = new Progress(here, "set", "planned");
        progress.Begin(3);
        progress.Step();
        progress.Step();
        Assert.Empty(error.ToString());
        time.Advance(TimeSpan.FromSeconds(seconds));
        progress.End();
        time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal((expected, ""), (error.ToString(), output.ToString()));
    }

    [Fact]
    public async Task A_status_in_the_manifest_lists_the_managed_tags()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        var image = cloud.AddImage("one", "mine", "theirs");
        var without = Set("one", "name: one", "new", "policy: Additive");
        var with = without + $"status: {{images: [{{id: {image.Id}, managedTags: [mine]}}]}}\n";
        Assert.Contains("Without a status", (await Piped(run, without)).Out, StringComparison.Ordinal);
        var output = (await Piped(run, with)).Out;
        Assert.Contains("+     new\n-     mine\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("theirs", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Without a status", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Escapes_terminal_control_characters()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        cloud.AddImage("one", "\x1b[2Jold");
        var (_, output, _) = await Piped(run, Set("one", "name: one", "new"));
        Assert.DoesNotContain('\x1b', output);
        Assert.Contains(@"'\x1b[2Jold'", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_cloud_comes_from_the_option_then_the_set_then_the_environment()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        cloud.AddImage("one", "golden");
        var set = Set("one", "name: one", "golden");
        var elsewhere = set.Replace("cloudName: demo", "cloudName: production", StringComparison.Ordinal);
        Assert.Contains("on cloud demo", (await Piped(run, set)).Out, StringComparison.Ordinal);
        var (code, output, _) = await Piped(run, elsewhere);
        Assert.Equal(1, code);
        Assert.Contains("/clouds.yaml has no cloud 'production'; it has ", output, StringComparison.Ordinal);
        run.Environment["OS_CLOUD"] = "demo";
        Assert.Contains("on cloud demo", (await Piped(run, elsewhere)).Out, StringComparison.Ordinal);
        run.Environment["OS_CLOUD"] = "other";
        Assert.Contains("on cloud demo", (await Piped(run, set)).Out, StringComparison.Ordinal);
        Assert.Contains("on cloud demo", (await run.TypeAsync("plan -f - --cloud demo", elsewhere)).Out, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Out, string Error)> Piped(CommandRun run, string manifest) =>
        run.TypeAsync("plan -f -", manifest);
}
