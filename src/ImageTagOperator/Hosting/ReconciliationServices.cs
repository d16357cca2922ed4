using ImageTagOperator.Memory;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Hosting;

/// <summary>The one composition of what reconciles: for the operator, for the command line and for tests. What it needs beside these is
/// what the three differ in: an <see cref="ICloudDirectory"/>, an <see cref="IStatusStore"/>, a cache and a queue of sets, and
/// sessions.</summary>
public static class ReconciliationServices
{
    public static IServiceCollection AddReconciliation(this IServiceCollection services) => services
        .AddSingleton<CloudResolver>()
        .AddSingleton<SetRegistry>()
        .AddSingleton<ImageNeighbours>()
        .AddSingleton<ImageReadings>()
        .AddSingleton<ServerErrors>()
        .AddSingleton<TagApplier>()
        .AddSingleton<LeftImageFinder>()
        .AddSingleton<Observer>()
        .AddSingleton<SetPlanner>()
        .AddSingleton<StatusWriter>()
        .AddSingleton<SetReconciler>();
}
