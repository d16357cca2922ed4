using System.Diagnostics.Metrics;

namespace ImageTagOperator.OpenStack.Telemetry;

/// <summary>The metrics of one server of a cloud. Each server has its own meter, so that its series end with it.</summary>
internal sealed class CloudMetrics : IDisposable
{
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly KeyValuePair<string, object?> cloud;
    private readonly Meter meter;
    private readonly Counter<long> requests;
    private readonly Histogram<double> duration;
    private readonly Histogram<double> wait;
    private readonly Counter<long> tokens;

    /// <param name="scope">The scope of the meter; see <see cref="Meter.Scope"/>.</param>
    public CloudMetrics(string authority, Func<bool> isOpen, object? scope)
    {
        cloud = new("cloud", authority);
        // Without the tag, OpenTelemetry merges the meters of two clouds.
        meter = new Meter(new MeterOptions(CloudSessions.MeterName) { Tags = [cloud], Scope = scope });
        requests = meter.CreateCounter<long>("imagetags.cloud.requests", null,
            "Requests to clouds, by server, operation, and HTTP status or no_answer, unreachable, not_sent (the server asked for a pause, "
                + "or its circuit is open) or cancelled.");
        duration = meter.CreateHistogram("imagetags.cloud.request.duration", "s",
            "How long clouds took to answer, by server and operation; without the wait before.", null,
                new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        wait = meter.CreateHistogram("imagetags.cloud.wait.duration", "s",
            "How long requests waited for their turn under the limits for one server.", null,
                new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        tokens = meter.CreateCounter<long>("imagetags.cloud.token.renewals", null,
            "Logins at Keystone, by server and result: success, rejected (the credentials), failed (it could not be asked, or was in "
                + "trouble).");
        meter.CreateObservableGauge("imagetags.cloud.circuit.open", () => new Measurement<int>(isOpen() ? 1 : 0, cloud), null,
            "1 while a server that does not answer is only asked now and then, else 0.");
    }

    public void RecordRequest(string operation, string status) =>
        requests.Add(1, cloud, new("operation", operation), new("status", status));

    public void RecordDuration(string operation, TimeSpan took) => duration.Record(took.TotalSeconds, cloud, new("operation", operation));

    public void RecordWait(TimeSpan time) => wait.Record(time.TotalSeconds, cloud);

    /// <summary>Records a login. All results get a series at the first login, because to Prometheus a series that starts with 1 has not
    /// increased.</summary>
    public void RecordLogin(string result)
    {
        foreach (var each in (string[])["success", "rejected", "failed"]) tokens.Add(each == result ? 1 : 0, cloud, new("result", each));
    }

    public void Dispose() => meter.Dispose();
}
