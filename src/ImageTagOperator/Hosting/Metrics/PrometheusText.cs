using System.Globalization;
using System.Text;

namespace ImageTagOperator.Hosting.Metrics;

/// <summary>Writes Prometheus' text format, version 0.0.4 ("Exposition formats" in its documentation).</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes the families sorted by name, each with its series sorted by labels.</summary>
    public static string Write(IEnumerable<InstrumentSeries> instruments)
    {
        var text = new StringBuilder();
        foreach (var family in instruments.GroupBy(instrument => instrument.Family)
            .OrderBy(family => family.Key.Name, StringComparer.Ordinal)) Write(text, family.Key, family);
        return text.ToString();
    }

    /// <summary>Formats labels sorted by name: <c>cloud="a:5000",status="200"</c>. A label without a value is left out, which is equivalent
    /// in Prometheus.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<(string Name, string Value)>(tags.Length);
        foreach (var (name, value) in tags)
        {
            if (Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text) labels.Add((name.Replace('.', '_'), text));
        }

        labels.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return string.Join(
            ',', labels.Select(label => $"{label.Name}=\"{Escaped(label.Value).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
    }

    private static void Write(StringBuilder text, MetricFamily family, IEnumerable<InstrumentSeries> instruments)
    {
        // All instruments together, because the meters of several servers share a family.
        var samples = instruments
            .SelectMany(instrument => instrument.Write((labels, series) => family.Type == MetricType.Histogram
                ? Histogram(family.Name, labels, series) : Sample(family.Name, labels, series.Value)))
            .OrderBy(sample => sample.Labels, StringComparer.Ordinal)
            .ToArray();
        if (samples.Length == 0) return;
        text.Append(
            CultureInfo.InvariantCulture, $"# HELP {family.Name} {Escaped(family.Help)}\n# TYPE {family.Name} {TypeOf(family.Type)}\n");
        foreach (var sample in samples) text.Append(sample.Text);
    }

    private static string Histogram(string name, string labels, Series series)
    {
        var text = new StringBuilder();
        var before = labels.Length == 0 ? "" : labels + ",";
        long total = 0;
        for (var i = 0; i < series.Buckets.Count; i++)
        {
            total += series.Buckets[i];
            var bound = i < series.Bounds.Count ? Number(series.Bounds[i]) : "+Inf";
            text.Append(Sample($"{name}_bucket", $"{before}le=\"{bound}\"", total));
        }

        return text.Append(Sample($"{name}_sum", labels, series.Value)).Append(Sample($"{name}_count", labels, series.Count)).ToString();
    }

    private static string Sample(string name, string labels, double value) => labels.Length == 0 ? $"{name} {Number(value)}\n"
        : $"{name}{{{labels}}} {Number(value)}\n";

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf"
            : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    };
}
