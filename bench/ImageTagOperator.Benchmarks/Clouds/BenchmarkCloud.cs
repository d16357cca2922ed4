namespace ImageTagOperator.Benchmarks.Clouds;

/// <summary>A cloud with images in a project of the benchmark.</summary>
internal abstract class BenchmarkCloud : IAsyncDisposable
{
    /// <summary>The cloud's name in <see cref="CloudsYaml"/>.</summary>
    public const string CloudName = "demo";

    /// <summary>The name in tables.</summary>
    public abstract string Name { get; }

    public abstract string CloudsYaml { get; }

    /// <summary>The ids of that many images, the same in each call.</summary>
    public abstract Task<IReadOnlyList<string>> ImagesAsync(int count);

    /// <summary>Removes the tags of the first images of <see cref="ImagesAsync"/>.</summary>
    public abstract Task ClearTagsAsync(int count);

    /// <summary>The number of requests to the Image API with the project's token during the action, from the server's own log.</summary>
    public abstract Task<int> CountRequestsAsync(Func<Task> run);

    public abstract ValueTask DisposeAsync();
}
