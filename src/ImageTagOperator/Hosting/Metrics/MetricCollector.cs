using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ImageTagOperator.Hosting.Metrics;

/// <summary>Collects the measurements of the operator's own instruments. Thread-safe.</summary>
public sealed class MetricCollector : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> instruments = new();
    private readonly Lock gate = new();

    /// <param name="scope">Only meters of this scope (<see cref="Meter.Scope"/>) are collected: several operators can run in one
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
        // The instruments of a cloud that is no longer in use.
        listener.MeasurementsCompleted = (instrument, _) => instruments.TryRemove(instrument, out InstrumentSeries? _);
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, series) => ((InstrumentSeries)series!).Measure(value, tags));
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, series) => ((InstrumentSeries)series!).Measure(value, tags));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, series) => ((InstrumentSeries)series!).Measure(value, tags));
        listener.Start();
    }

    /// <summary>Returns all metrics in Prometheus' text format.</summary>
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
