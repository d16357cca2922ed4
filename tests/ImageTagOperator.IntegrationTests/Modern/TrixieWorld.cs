using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests.Modern;

/// <summary>The same as <see cref="ModernWorld"/> with the Keystone and Glance of Debian trixie.</summary>
public abstract class TrixieWorld : World, IWorldFactory
{
    public static Task<World> CreateAsync() => ModernWorld.CreateAsync("TRIXIE");
}
