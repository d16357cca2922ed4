using System.Diagnostics.Metrics;

namespace ImageTagOperator.Hosting.Metrics;

/// <summary>The metric types of Prometheus' text format.</summary>
internal enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>The name, type and description of an instrument in Prometheus.</summary>
internal sealed record MetricFamily(string Name, MetricType Type, string Help)
{
    /// <summary>Applies OpenTelemetry's rules ("Prometheus and OpenMetrics Compatibility"), so that metrics over OTLP have the same names:
    /// the unit is appended, and the name of a counter ends in <c>_total</c>.</summary>
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
