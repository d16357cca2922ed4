using ImageTagOperator.Scenarios;

namespace ImageTagOperator.Tests.Scenarios;

public sealed class SandboxScenarioTests : OperatorScenarios
{
    protected override async Task<World> CreateWorldAsync() => await SandboxWorld.CreateAsync();
}
