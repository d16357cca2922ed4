namespace ImageTagOperator.Scenarios;

/// <summary>Makes worlds of one kind.</summary>
public interface IWorldFactory
{
    /// <summary>A world with the definition, a namespace and a Secret for the cloud 'demo' in it.</summary>
    static abstract Task<World> CreateAsync();
}

/// <summary>What users are promised, told from outside: sets go in, tags and conditions come out. Each scenario has a world of its
/// own.</summary>
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
