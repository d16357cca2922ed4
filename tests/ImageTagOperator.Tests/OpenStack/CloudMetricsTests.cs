using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using ImageTagOperator.Hosting.Metrics;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Telemetry;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Tests.Kubernetes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using CloudsYaml = ImageTagOperator.OpenStack.Configuration.CloudsYaml;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>The series of a cloud are created with its first request and removed with the last session that used it.</summary>
public sealed class CloudMetricsTests
{
    [Fact]
    public async Task The_series_of_an_unused_cloud_are_removed()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var collector = new MetricCollector(meters);
        await using var kept = await SandboxCloud.StartAsync();
        await using var left = await SandboxCloud.StartAsync();
        var time = new FakeTimeProvider();
        using var sessions = new CloudSessions(new CloudLimits(), time, meterScope: meters);
        var session = sessions.Get(CloudsYaml.Parse(kept.CloudsYaml, "demo"));
        await session.GetImageEndpointAsync(TestContext.Current.CancellationToken);
        await UseAsync(sessions, left);
        Assert.True(Has(kept) && Has(left), collector.Collect());

        await ImageTagOperator.Scenarios.Eventually.HoldsAsync(
            () =>
            {
                GC.Collect();       // a continuation that still runs may hold the session a moment longer
                time.Advance(TimeSpan.FromMinutes(1));
                return Task.FromResult(Has(left));
            },
            has => !has, "the series to go", _ => collector.Collect());
        Assert.True(Has(kept), "a cloud in use must stay");

        // The series starts again with a new session.
        await UseAsync(sessions, left);
        Assert.Contains(
            $"imagetags_cloud_requests_total{{cloud=\"{new Uri(left.Url).Authority}\",operation=\"create_token\",status=\"201\"}} 1\n",
            collector.Collect(), StringComparison.Ordinal);
        GC.KeepAlive(session);

        bool Has(SandboxCloud cloud) => collector.Collect().Contains(new Uri(cloud.Url).Authority, StringComparison.Ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task UseAsync(CloudSessions sessions, SandboxCloud cloud) =>
        await sessions.Get(CloudsYaml.Parse(cloud.CloudsYaml, "demo")).GetImageEndpointAsync(TestContext.Current.CancellationToken);

    [Fact]
    public void A_namespace_with_many_servers_adds_a_limited_number_of_series()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var collector = new MetricCollector(meters);
        using var hosts = new CloudHosts(new CloudLimits(), TimeProvider.System, static () => true, meters);
        for (var i = 0; i < 500; i++) hosts.For("a", new Uri($"http://hostile-{i}.test/")).Metrics.RecordRequest("create_token", "201");
        hosts.For("b", new Uri("http://glance.test/")).Metrics.RecordRequest("create_token", "201");
        var clouds = collector.Collect().Split('\n')
            .Where(line => line.StartsWith("imagetags_cloud_requests_total{", StringComparison.Ordinal)).ToArray();
        Assert.Equal(20 + 1 + 1, clouds.Length);
        Assert.Contains(clouds, line => line.Contains("\"glance.test:80\"", StringComparison.Ordinal));
        Assert.EndsWith(
            " 480", Assert.Single(clouds, line => line.Contains("\"other\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/v3/auth/tokens", "create_token")]
    [InlineData("GET", "/v2/images", "list_images")]
    [InlineData("GET", "/image/v2/images/6d5a9a2e-0000-4000-8000-000000000000", "show_image")]
    [InlineData("PUT", "/v2/images/6d5a9a2e-0000-4000-8000-000000000000/tags/images", "add_tag")]
    [InlineData("DELETE", "/v2/images/6d5a9a2e-0000-4000-8000-000000000000/tags/golden", "remove_tag")]
    [InlineData("PUT", "/v1/cloudimages/tags", "set_tag_value")]
    public void An_operation_label_contains_no_ids_and_tags(string method, string path, string word) =>
        Assert.Equal(word, CloudOperation.Of(new HttpMethod(method), path));
}
