using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests;

/// <summary>The scenarios on the real servers.</summary>
public sealed class RealScenarioTests : OperatorScenarios
{
    protected override async Task<World> CreateWorldAsync() => await RealWorld.CreateAsync();
}
