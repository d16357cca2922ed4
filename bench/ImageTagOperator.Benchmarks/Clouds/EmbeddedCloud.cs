using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Cloud;

namespace ImageTagOperator.Benchmarks.Clouds;

/// <summary>The sandbox. It responds at once, so that mostly the clients' time is measured.</summary>
internal sealed class EmbeddedCloud : BenchmarkCloud
{
    private readonly SandboxCloud cloud;

    private EmbeddedCloud(SandboxCloud cloud) => this.cloud = cloud;

    public override string Name => "sandbox";

    public override string CloudsYaml => cloud.CloudsYaml;

    public static async Task<EmbeddedCloud> StartAsync() => new(await SandboxCloud.StartAsync());

    public override Task<IReadOnlyList<string>> ImagesAsync(int count)
    {
        while (cloud.Images.Count < count) cloud.AddImage($"image-{cloud.Images.Count}");
        return Task.FromResult<IReadOnlyList<string>>([.. cloud.Images.Take(count).Select(image => image.Id)]);
    }

    public CallLog Calls => cloud.Calls;

    public FaultInjector Faults => cloud.Faults;

    public IReadOnlyList<SandboxImage> Images => cloud.Images;

    /// <summary>That many image names, each of one image.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(int count)
    {
        await ImagesAsync(count);
        return [.. cloud.Images.Take(count).Select(image => image.Name!)];
    }

    public override Task ClearTagsAsync(int count)
    {
        foreach (var image in cloud.Images.Take(count)) image.SetTags([]);
        return Task.CompletedTask;
    }

    public override async Task<int> CountRequestsAsync(Func<Task> run)
    {
        cloud.Calls.Clear();
        await run();
        return cloud.Calls.Matching("*", "/image/v2/*").Count;
    }

    public override ValueTask DisposeAsync() => cloud.DisposeAsync();
}
