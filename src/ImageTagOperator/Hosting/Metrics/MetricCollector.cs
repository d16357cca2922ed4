using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ImageTagOperator.Hosting.Metrics;

/// <summary>Listens to the program's own instruments and keeps what they measured. Safe for concurrent use.</summary>
public sealed class MetricCollector : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> instruments = new();
    private readonly Lock gate = new();

    /// <param name="scope">Only meters of this scope (<see cref="Meter.Scope"/>) are listened to: several operators may run in one
    /// process.</param>
    public MetricCollector(IMeterFactory scope)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, scope)
                || !instrument.Name.StartsWith("imagetags.", StringComparison.Ordinal)) return;
            var series = instruments.GetOrAdd(instrument, static published => new InstrumentSeries(published));
            self.EnableMeasurementEvents(instrument, series);
        };
        // The instruments of a cloud that nobody uses any more.
        listener.MeasurementsCompleted = (instrument, _) => instruments.TryRemove(instrument, out InstrumentSeries? _);
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, series) => ((InstrumentSeries)series!).Measure(value, tags));
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, series) => ((InstrumentSeries)series!).Measure(value, tags));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, series) => ((InstrumentSeries)series!).Measure(value, tags));
        listener.Start();
    }

    /// <summary>All metrics in Prometheus' text format.</summary>
    public string Collect()
    {
        lock (gate)
        {
            foreach (var observable in instruments.Values.Where(series => series.IsObservable)) observable.Clear();
            listener.RecordObservableInstruments();
            return PrometheusText.Write(instruments.Values);
        }
    }

    public void Dispose() => listener.Dispose();
}
