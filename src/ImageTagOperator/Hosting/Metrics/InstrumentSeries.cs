using System.Diagnostics.Metrics;

namespace ImageTagOperator.Hosting.Metrics;

/// <summary>The series of one instrument. Thread-safe.</summary>
internal sealed class InstrumentSeries
{
    /// <summary>OpenTelemetry's default buckets, for a histogram without advice.</summary>
    private static readonly double[] DefaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly Lock gate = new();
    private readonly Dictionary<string, Series> series = new(StringComparer.Ordinal);
    private readonly double[]? bounds;

    public InstrumentSeries(Instrument instrument)
    {
        Family = MetricFamily.Of(instrument);
        IsObservable = instrument.IsObservable;
        if (Family.Type == MetricType.Histogram) bounds = [
            .. (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries ?? DefaultBounds];
    }

    public MetricFamily Family { get; }

    public bool IsObservable { get; }

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = PrometheusText.Labels(tags);
        lock (gate)
        {
            if (!series.TryGetValue(labels, out var one)) series[labels] = one = new Series(bounds);
            if (IsObservable) one.Set(value);
            else one.Add(value);
        }
    }

    /// <summary>Drops the values of an observable instrument, which reports all of them each time.</summary>
    public void Clear()
    {
        lock (gate) series.Clear();
    }

    /// <summary>Formats each series with <paramref name="write"/>.</summary>
    public IReadOnlyList<(string Labels, string Text)> Write(Func<string, Series, string> write)
    {
        lock (gate) return [.. series.Select(one => (one.Key, write(one.Key, one.Value)))];
    }
}
