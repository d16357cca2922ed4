using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.IntegrationTests;

public sealed class TourTests
{
    [Fact]
    public async Task The_tour_runs_with_kubectl()
    {
        var kubectl = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "kubectl"))
            .FirstOrDefault(File.Exists);
        Assert.True(kubectl is not null, "kubectl is not in PATH");
        Assert.Contains("Removed golden, lts from image 'ubuntu-24.04'", await Tour.RunAsync(kubectl), StringComparison.Ordinal);
    }
}
