using ImageTagOperator.Memory;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Hosting;

/// <summary>Registers the services that reconcile, for the operator, the command line and tests. Each of them adds its own
/// <see cref="ICloudDirectory"/>, <see cref="IStatusStore"/>, cache and queue of sets, and sessions.</summary>
public static class ReconciliationServices
{
    public static IServiceCollection AddReconciliation(this IServiceCollection services) => services
        .AddSingleton<CloudResolver>()
        .AddSingleton<SetRegistry>()
        .AddSingleton<ImageNeighbours>()
        .AddSingleton<ImageReadings>()
        .AddSingleton<RepeatedLooks>()
        .AddSingleton<ServerErrors>()
        .AddSingleton<TagApplier>()
        .AddSingleton<LeftImageFinder>()
        .AddSingleton<Observer>()
        .AddSingleton<SetPlanner>()
        .AddSingleton<StatusWriter>()
        .AddSingleton<SetReconciler>();
}
