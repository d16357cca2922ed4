using Xunit;

namespace ImageTagOperator.IntegrationTests;

/// <summary>What <c>make publish</c> leaves: trimmed and self-contained, so that all that is found at run time must have been kept.</summary>
public sealed class PublishedFileTests
{
    private static readonly string Folder = Path.Combine(RealServers.Root, "artifacts", "publish");

    private static string Published
    {
        get
        {
            _ = RealServers.Kubeconfig; // skips where the other tests on real servers do
            var file = Path.Combine(Folder, "image-tag-operator");
            return File.Exists(file) ? file : throw new InvalidOperationException($"there is no {file}: make publish");
        }
    }

    [Fact]
    public void It_is_a_single_file_and_publishing_it_warned_of_nothing()
    {
        Assert.Equal([Published], Directory.GetFileSystemEntries(Folder));
        Assert.DoesNotContain("warning", File.ReadAllText(Folder + ".log"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task It_prints_the_committed_definition() => Assert.Equal(
        await File.ReadAllTextAsync(Path.Combine(RealServers.Root, "config", "crds", "imagetags.io_imagetagsets.yaml")), await Shell.RunAsync(Published, ["crd"]));

    [Fact]
    public async Task It_brings_a_set_in_line_and_ends_in_good_order()
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
            world.OperatorWritesAsync, writes => writes.Any(write => write.StartsWith("create events/", StringComparison.Ordinal) || write == "create events"),
            "an event", writes => string.Join(", ", writes));
        await world.DeleteAsync("published");
        await world.GoneAsync("published");
        await world.TagsAsync(image);
        Assert.Equal(0, await process.StopAsync());
    }
}
