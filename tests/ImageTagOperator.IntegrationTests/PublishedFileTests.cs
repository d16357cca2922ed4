using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.IntegrationTests;

/// <summary>The file that <c>make publish</c> writes. It is native: everything that is looked up at run time must have survived
/// trimming.</summary>
public sealed class PublishedFileTests
{
    private static readonly string Folder = Path.Combine(RealServers.Root, "artifacts", "publish");

    private static string Published
    {
        get
        {
            _ = RealServers.Kubeconfig; // skips the test without real servers
            var file = Path.Combine(Folder, "image-tag-operator");
            return File.Exists(file) ? file : throw new InvalidOperationException($"{file} does not exist: run make publish");
        }
    }

    [Fact]
    public void It_is_a_single_file_with_separate_symbols_and_was_published_without_warnings()
    {
        Assert.Equal([Published, Published + ".dbg"], Directory.GetFileSystemEntries(Folder).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("warning", File.ReadAllText(Folder + ".log"), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>All other tests of this suite, the guides included, run this file and not a developer's build.</summary>
    [Fact]
    public void All_tests_of_this_suite_run_it() => Assert.Equal(Published, OperatorProcess.Executable);

    [Fact]
    public async Task An_error_shows_the_method_that_threw_it()
    {
        var (code, output) = await Shell.TryAsync(Published, ["plan", "-f", "no-such-file.yaml", "--verbose"]);
        Assert.Equal(1, code);
        Assert.Contains("at ImageTagOperator.Commands.Manifests.ManifestReader.", output, StringComparison.Ordinal);
    }

    /// <summary>No command can start in a deleted folder: the runtime itself ends the process.</summary>
    [Fact]
    public async Task A_crash_prints_a_stack_trace_with_names()
    {
        var (code, output) = await Shell.TryAsync("bash", ["-c", "cd $(mktemp -d) && rmdir $PWD && exec $0 crd", Published]);
        Assert.Equal(134, code);
        Assert.Contains("Unhandled exception. System.IO.", output, StringComparison.Ordinal);
        Assert.Contains("at ImageTagOperator.Commands.CommandContext.Process()", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_prints_the_committed_definition() => Assert.Equal(
        await File.ReadAllTextAsync(Path.Combine(RealServers.Root, "config", "crds", "imagetags.io_imagetagsets.yaml")),
            await Shell.RunAsync(Published, ["crd"]));

    [Fact]
    public async Task It_plans_applies_exports_and_shows()
    {
        var file = Published;
        await using var world = await RealWorld.CreateAsync();
        world.Executable = file;
        await world.Glance.CreateImageAsync(world.Namespace, "golden");
        var export = await RunAsync(null, "export", "--cloud", "demo", "--name", world.Namespace, "-n", world.Namespace);
        var manifest = export.Output.Replace("- golden", "- silver", StringComparison.Ordinal).Split("1 ImageTagSet")[0];
        Assert.Equal(0, (await RunAsync(manifest, "validate", "-f", "-")).Code);
        var plan = await RunAsync(manifest, "plan", "-f", "-", "-o", "json");
        Assert.True(plan.Code == 2 && plan.Output.Contains("\"silver\"", StringComparison.Ordinal), plan.Output);
        Assert.Contains(
            "\x1b[32m+     silver", (await RunAsync(manifest, "apply", "-f", "-", "--color", "always")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(manifest, "plan", "-f", "-", "-o", "yaml", "--from-cluster")).Code);
        await world.CreateAsync(world.Set("shown", world.Namespace, "silver"));
        Assert.Contains(
            "\"shown\"", (await RunAsync(null, "status", "-n", world.Namespace, "-o", "json")).Output, StringComparison.Ordinal);
        Assert.Contains("Example", (await RunAsync(null, "plan", "--help")).Output, StringComparison.Ordinal);

        Task<(int Code, string Output)> RunAsync(string? input, params string[] arguments) => Shell.TryAsync(file, arguments, input);
    }

    [Fact]
    public async Task It_reconciles_a_set_and_shuts_down_cleanly()
    {
        var file = Published;
        await using var world = await RealWorld.CreateAsync();
        world.Executable = file;
        var image = await world.Glance.CreateImageAsync("published", "old");
        var process = await world.StartOperatorAsync("--leader-elect", "--leader-elect-namespace", world.Namespace, "--log-format", "json");
        await world.CreateAsync(world.Set("published", image, "golden", "lts"));
        await world.ReadyAsync("published", "True");
        await world.TagsAsync(image, "golden", "lts");
        await world.UntilAsync(
            world.OperatorWritesAsync, writes =>
                writes.Any(write => write.StartsWith("create events/", StringComparison.Ordinal) || write == "create events"),
            "an event", writes => string.Join(", ", writes));
        await world.DeleteAsync("published");
        await world.GoneAsync("published");
        await world.TagsAsync(image);
        Assert.Equal(0, await process.StopAsync());
    }
}
