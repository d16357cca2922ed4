using System.Diagnostics;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Scenarios;
using Xunit;
using static ImageTagOperator.Tests.Commands.Manifests;

namespace ImageTagOperator.Tests.Commands;

/// <summary><c>apply</c> with the sandbox's cloud.</summary>
public sealed class ApplyTests
{
    [Fact]
    public async Task Executes_the_plan_and_prints_the_changes()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        var (ubuntu, debian) = (cloud.AddImage("ubuntu-24.04", "nightly"), cloud.AddImage("debian-12", "theirs"));
        run.Write("sets.yaml", Documents(Set("ubuntu", "name: ubuntu-24.04", "golden, lts"),
            Set("debian", "name: debian-12", "golden", "policy: Additive"), Set("missing", "name: windows", "golden")));
        await run.IsGoldenAsync("apply", "apply -f sets.yaml");
        Assert.Equal(["golden", "lts"], ubuntu.Tags.Order());
        Assert.Equal(["golden", "theirs"], debian.Tags.Order());
        await run.IsGoldenAsync("apply-again", "apply -f sets.yaml --color always");
    }

    [Fact]
    public async Task Exits_with_0_when_all_is_as_declared()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        cloud.AddImage("one");
        var set = Set("one", "name: one", "golden");
        var (code, output, error) = await run.TypeAsync("apply -f -", set);
        Assert.True(code == 0 && output.EndsWith("1 tag added, 0 tags removed, on 1 image. 1 set.\n", StringComparison.Ordinal)
            && error == "", output + error);
        Assert.Equal(0, (await run.TypeAsync("plan -f -", set)).Code);
    }

    [Fact]
    public async Task Writes_nothing_for_observing_sets_and_above_the_removal_limit()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        var image = cloud.AddImage("one", "a", "b");
        cloud.AddImage("two", "a", "b");
        var (code, output, _) = await run.TypeAsync("apply -f -",
            Documents(Set("looks", "name: one", "golden", "mode: Observe"), Set("limit", "name: two", "golden", "maxRemovals: 1")));
        Assert.Equal(1, code);
        Assert.Contains("! RemovalLimitExceeded: ", output, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], image.Tags.Order());
        Assert.DoesNotContain(cloud.Calls.All, call => call.Method is "PUT" or "DELETE");
    }

    [Fact]
    public async Task Prints_what_the_cloud_rejected()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        cloud.AddImage("one");
        cloud.TagQuota = 1;
        var (code, output, _) = await run.TypeAsync("apply -f -", Set("one", "name: one", "a, b"));
        Assert.Equal(1, code);
        Assert.Contains("+     a\n", output, StringComparison.Ordinal);
        Assert.Contains("cannot have all declared tags: 'b' would be tag number 2 or above, and the cloud takes 1 on an image", output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_stops_it_between_two_changes_and_the_summary_lists_the_done_ones()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        using var run = CommandRun.On(cloud);
        var image = cloud.AddImage("one");
        run.Write("set.yaml", Set("one", "name: one", string.Join(", ", Enumerable.Range(0, 128).Select(number => $"tag-{number}"))));
        // A test run in the background may ignore SIGINT, and its child processes inherit that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", OperatorProcess.Executable, "apply", "-f", "set.yaml"])
        {
            WorkingDirectory = run.Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var apply = Process.Start(start)!;
        var (output, error) = (apply.StandardOutput.ReadToEndAsync(), apply.StandardError.ReadToEndAsync());
        await Eventually.HoldsAsync(
            () => Task.FromResult(image.Tags.Count), count => count > 5, "the first tags to be there", count => $"there are {count}");
        using (var kill = Process.Start("kill", ["-INT", $"{apply.Id}"])) await kill.WaitForExitAsync();
        await apply.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(4), TimeProvider.System);

        // On a slow machine it prints progress lines.
        Assert.Equal(
            ["Stopping after the changes that are under way. Once more ends at once."],
            (await error).Split('\n').Where(line => line.Length > 0 && !line.EndsWith(" of 128 changes made", StringComparison.Ordinal)
                && !line.EndsWith(" of 1 set planned", StringComparison.Ordinal)));
        Assert.InRange(image.Tags.Count, 6, 127);
        Assert.Equal(image.Tags.Order(), (await output).Split('\n').Where(line => line.StartsWith('+')).Select(line => line[6..]).Order());
        Assert.Contains("! Interrupted: Stopped before these changes to image 'one'", await output, StringComparison.Ordinal);
        Assert.Equal(1, apply.ExitCode);
    }
}
