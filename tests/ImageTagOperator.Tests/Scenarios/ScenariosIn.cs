namespace ImageTagOperator.Scenarios;

/// <summary>Creates worlds of one kind.</summary>
public interface IWorldFactory
{
    /// <summary>A world with the definition, a namespace and a Secret for the cloud 'demo'.</summary>
    static abstract Task<World> CreateAsync();
}

/// <summary>The promises to users, tested from outside: sets are the input, tags and conditions the output. Each scenario has its own
/// world.</summary>
public abstract class ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    protected static Task<World> CreateWorldAsync() => TWorld.CreateAsync();

    protected static async Task<World> StartAsync()
    {
        var world = await CreateWorldAsync();
        await world.StartOperatorAsync();
        return world;
    }
}
