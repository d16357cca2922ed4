using System.Globalization;
using ImageTagOperator.Hosting.Metrics;
using ImageTagOperator.Kubernetes.Authorization;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Tests.Scenarios;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>The operator in this process, with access to its metrics.</summary>
internal sealed class MonitoredOperator : IAsyncDisposable
{
    private readonly IHost app;

    private MonitoredOperator(IHost app) => this.app = app;

    /// <param name="with">Changes the options.</param>
    /// <param name="reviewer">Replaces the reviewer that asks the world's API server.</param>
    public static async Task<MonitoredOperator> StartAsync(
        SandboxWorld world, bool leaderElection = false, TimeProvider? time = null, Func<OperatorOptions, OperatorOptions>? with = null,
            AccessReviewer? reviewer = null)
    {
        var options = new OperatorOptions { Namespaces = [world.Namespace], HealthAddress = "http://127.0.0.1:0",
            Cloud = new CloudLimits { RequestsPerSecond = 1_000_000 }, LeaderElection = leaderElection,
            LeaderElectionNamespace = world.Namespace };
        var app = Hosting.OperatorHost.Build(
            with?.Invoke(options) ?? options, KubernetesClientConfiguration.Build(world.Kubeconfig), time: time, replace: services =>
            {
                if (reviewer is not null) services.AddSingleton(reviewer);
            });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new MonitoredOperator(app);
    }

    /// <summary>The address of the health endpoints.</summary>
    public Uri Url => Urls.First(url => url.Scheme == "http");

    public IEnumerable<Uri> Urls => Hosting.OperatorHost.AddressesOf(app).Select(address => new Uri(address));

    public string Text => app.Services.GetRequiredService<MetricCollector>().Collect();

    /// <summary>All samples by name and labels, as they are written.</summary>
    public Dictionary<string, double> Samples => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
        .ToDictionary(
            line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>One sample; 0 when it is missing.</summary>
    public double Sample(string series) => Samples.GetValueOrDefault(series);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(TestContext.Current.CancellationToken);
        await ((IAsyncDisposable)app).DisposeAsync();
    }
}
