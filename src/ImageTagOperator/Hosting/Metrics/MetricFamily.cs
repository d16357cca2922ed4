using System.Diagnostics.Metrics;

namespace ImageTagOperator.Hosting.Metrics;

/// <summary>What a metric is, as Prometheus' text format has it.</summary>
internal enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>An instrument's name, kind and description as Prometheus has them.</summary>
internal sealed record MetricFamily(string Name, MetricType Type, string Help)
{
    /// <summary>By OpenTelemetry's rules ("Prometheus and OpenMetrics Compatibility"), so that metrics that come over OTLP have the same
    /// names: the unit is written out at the end, and a counter's name ends in <c>_total</c>.</summary>
    public static MetricFamily Of(Instrument instrument)
    {
        var type = TypeOf(instrument);
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        if (UnitOf(instrument.Unit) is { } unit && !name.EndsWith(unit, StringComparison.Ordinal)) name += $"_{unit}";
        if (type == MetricType.Counter && !name.EndsWith("_total", StringComparison.Ordinal)) name += "_total";
        return new MetricFamily(name, type, instrument.Description ?? "");
    }

    private static MetricType TypeOf(Instrument instrument)
    {
        var kind = instrument.GetType().GetGenericTypeDefinition();
        return kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? MetricType.Counter
            : kind == typeof(Histogram<>) ? MetricType.Histogram
            : MetricType.Gauge;
    }

    private static string? UnitOf(string? unit) => unit switch
    {
        "s" => "seconds",
        "By" => "bytes",
        _ => null,
    };
}
