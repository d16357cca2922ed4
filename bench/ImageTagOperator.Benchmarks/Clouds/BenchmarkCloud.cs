namespace ImageTagOperator.Benchmarks.Clouds;

/// <summary>A cloud with images of a project of our own.</summary>
internal abstract class BenchmarkCloud : IAsyncDisposable
{
    /// <summary>The cloud's name in <see cref="CloudsYaml"/>.</summary>
    public const string CloudName = "demo";

    /// <summary>As tables call it.</summary>
    public abstract string Name { get; }

    public abstract string CloudsYaml { get; }

    /// <summary>The ids of that many images, the same ones each time.</summary>
    public abstract Task<IReadOnlyList<string>> ImagesAsync(int count);

    /// <summary>Takes the tags of all images away.</summary>
    public abstract Task ClearTagsAsync();

    /// <summary>Requests to the Image API with our project's token that this made, as the server's own log has them.</summary>
    public abstract Task<int> CountRequestsAsync(Func<Task> run);

    public abstract ValueTask DisposeAsync();
}
