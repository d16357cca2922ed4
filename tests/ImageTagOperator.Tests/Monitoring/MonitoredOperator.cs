using System.Globalization;
using ImageTagOperator.Hosting.Metrics;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Tests.Scenarios;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>The operator in this process, with a look at its metrics.</summary>
internal sealed class MonitoredOperator : IAsyncDisposable
{
    private readonly IHost app;

    private MonitoredOperator(IHost app) => this.app = app;

    public static async Task<MonitoredOperator> StartAsync(SandboxWorld world, bool leaderElection = false, TimeProvider? time = null)
    {
        var options = new OperatorOptions { Namespaces = [world.Namespace], HealthAddress = "http://127.0.0.1:0",
            Cloud = new CloudLimits { RequestsPerSecond = 1_000_000 }, LeaderElection = leaderElection,
            LeaderElectionNamespace = world.Namespace };
        var app = Hosting.OperatorHost.Build(options, KubernetesClientConfiguration.Build(world.Kubeconfig), time: time);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new MonitoredOperator(app);
    }

    public Uri Url => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public string Text => app.Services.GetRequiredService<MetricCollector>().Collect();

    /// <summary>Every sample, by name and labels as they are written.</summary>
    public Dictionary<string, double> Samples => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
        .ToDictionary(
            line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>A sample; 0 when there is none.</summary>
    public double Sample(string series) => Samples.GetValueOrDefault(series);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(TestContext.Current.CancellationToken);
        await ((IAsyncDisposable)app).DisposeAsync();
    }
}
