using System.Text.Json.Nodes;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests.Replicas;

/// <summary>Sets whose specs change continuously.</summary>
internal sealed class ChangingSets : IAsyncDisposable
{
    private const int Count = 4;

    private readonly World world;
    private readonly List<string> images = [];
    private readonly string[] tags = new string[Count];
    private readonly CancellationTokenSource end = new();
    private Task changing = Task.CompletedTask;

    private ChangingSets(World world) => this.world = world;

    /// <summary>Returns when every set has been Ready once.</summary>
    public static async Task<ChangingSets> StartAsync(World world)
    {
        var sets = new ChangingSets(world);
        for (var i = 0; i < Count; i++)
        {
            sets.images.Add(await world.Glance.CreateImageAsync($"changing-{i}"));
            await world.CreateAsync(world.Set(Name(i), sets.images[i], "steady", sets.tags[i] = "v0"));
        }

        for (var i = 0; i < Count; i++) await world.ReadyAsync(Name(i), "True");
        sets.changing = sets.ChangeAsync();
        return sets;
    }

    public async Task EndAsync()
    {
        await end.CancelAsync();
        await changing;
    }

    /// <summary>Changes every set again, so that the current leader has something to write, and waits until each image has the tags of the
    /// latest spec.</summary>
    public async Task ConvergeAsync()
    {
        for (var i = 0; i < Count; i++) await DeclareAsync(i, "last");
        for (var i = 0; i < Count; i++) await world.TagsAsync(images[i], "steady", tags[i]);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        end.Dispose();
    }

    private static string Name(int i) => $"changing-{i}";

    private async Task ChangeAsync()
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(400), TimeProvider.System);
        try
        {
            for (var n = 0; await pace.WaitForNextTickAsync(end.Token); n++) await DeclareAsync(n % Count, $"v{n}");
        }
        catch (OperationCanceledException)
        {
            // The loop was stopped.
        }
    }

    private async Task DeclareAsync(int i, string tag)
    {
        tags[i] = tag;
        await world.EditAsync(Name(i), new JsonObject { ["tags"] = new JsonArray("steady", tag) });
    }
}
