using System.Diagnostics.Metrics;
using ImageTagOperator.Hosting.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>Instruments in the Prometheus text format.</summary>
public sealed class PrometheusTextTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MetricCollector collector;
    private readonly Meter meter;

    public PrometheusTextTests()
    {
        collector = new MetricCollector(Meters);
        meter = Meters.Create("test");
    }

    private IMeterFactory Meters => services.GetRequiredService<IMeterFactory>();

    public void Dispose()
    {
        collector.Dispose();
        services.Dispose();
    }

    [Fact]
    public void Counters_gauges_and_histograms_have_the_right_format()
    {
        var calls = meter.CreateCounter<long>("imagetags.calls", null, "Calls, with a \\ and\na second line.");
        calls.Add(2, new("status", 200), new("cloud", "a\"b\\c\nd"));
        calls.Add(1, new("cloud", "z"), new("status", null));
        calls.Add(1, new("cloud", "z"), new("status", ""));
        meter.CreateObservableGauge("imagetags.depth", () => 7, null, "Depth.");
        meter.CreateObservableGauge("imagetags.age", () => 1.5e-7, "s", "Age.");
        meter.CreateUpDownCounter<int>("imagetags.open", null, "Open.").Add(-3);
        var wait = meter.CreateHistogram(
            "imagetags.wait", "s", "Wait.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var seconds in (double[])[0.05, 0.1, 0.5, 3]) wait.Record(seconds, new KeyValuePair<string, object?>("cloud", "z"));

        Assert.Equal(
            """
            # HELP imagetags_age_seconds Age.
            # TYPE imagetags_age_seconds gauge
            imagetags_age_seconds 1.5E-07
            # HELP imagetags_calls_total Calls, with a \\ and\na second line.
            # TYPE imagetags_calls_total counter
            imagetags_calls_total{cloud="a\"b\\c\nd",status="200"} 2
            imagetags_calls_total{cloud="z"} 2
            # HELP imagetags_depth Depth.
            # TYPE imagetags_depth gauge
            imagetags_depth 7
            # HELP imagetags_open Open.
            # TYPE imagetags_open gauge
            imagetags_open -3
            # HELP imagetags_wait_seconds Wait.
            # TYPE imagetags_wait_seconds histogram
            imagetags_wait_seconds_bucket{cloud="z",le="0.1"} 2
            imagetags_wait_seconds_bucket{cloud="z",le="1"} 3
            imagetags_wait_seconds_bucket{cloud="z",le="+Inf"} 4
            imagetags_wait_seconds_sum{cloud="z"} 3.65
            imagetags_wait_seconds_count{cloud="z"} 4

            """.ReplaceLineEndings("\n"),
            collector.Collect());
    }

    [Fact]
    public void A_series_that_an_observable_no_longer_reports_is_removed_and_nothing_counts_twice()
    {
        var clouds = new List<string> { "a", "b" };
        meter.CreateObservableGauge("imagetags.up", () =>
            clouds.Select(cloud => new Measurement<int>(1, new KeyValuePair<string, object?>("cloud", cloud))), null, "Up.");
        Assert.Contains("imagetags_up{cloud=\"b\"} 1\n", collector.Collect(), StringComparison.Ordinal);
        clouds.Remove("b");
        var text = collector.Collect();
        Assert.Contains("imagetags_up{cloud=\"a\"} 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"b\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Meters_share_a_family_in_label_order_and_a_disposed_meter_removes_its_series()
    {
        // Enough series that the order of a hash table is not right by chance.
        var meters = "hgfedcba".ToDictionary(cloud => cloud, _ => new Meter(new MeterOptions("test") { Scope = Meters }));
        foreach (var (cloud, own) in meters) own.CreateCounter<long>("imagetags.calls", null, "Calls.")
            .Add(1, new KeyValuePair<string, object?>("cloud", $"{cloud}"));
        Assert.Equal(Expected("abcdefgh"), collector.Collect());
        meters['c'].Dispose();
        Assert.Equal(Expected("abdefgh"), collector.Collect());
        foreach (var own in meters.Values) own.Dispose();
        Assert.Equal("", collector.Collect());

        static string Expected(string clouds) =>
            "# HELP imagetags_calls_total Calls.\n# TYPE imagetags_calls_total counter\n"
                + string.Concat(clouds.Select(cloud => $"imagetags_calls_total{{cloud=\"{cloud}\"}} 1\n"));
    }

    [Fact]
    public void Foreign_instruments_are_omitted()
    {
        using var other = new Meter("test");
        other.CreateCounter<long>("imagetags.calls").Add(1);
        meter.CreateCounter<long>("http.calls").Add(1);
        Assert.Equal("", collector.Collect());
    }
}
