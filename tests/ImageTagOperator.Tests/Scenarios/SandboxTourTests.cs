using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Scenarios;

public sealed class SandboxTourTests
{
    [Fact]
    public async Task The_tour_runs_without_kubectl() =>
        Assert.Contains("There is no kubectl here", await Tour.RunAsync(kubectl: ""), StringComparison.Ordinal);
}
