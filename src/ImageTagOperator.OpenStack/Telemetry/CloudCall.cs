using System.Diagnostics;
using System.Globalization;
using ImageTagOperator.OpenStack.Http;

namespace ImageTagOperator.OpenStack.Telemetry;

/// <summary>One request to a cloud in metrics and traces, from its start until its answer or failure.</summary>
internal sealed class CloudCall : IDisposable
{
    /// <summary>The name of the activity source.</summary>
    public const string Source = "ImageTagOperator.OpenStack";

    private static readonly ActivitySource Activities = new(Source);

    private readonly CloudMetrics metrics;
    private readonly Activity? activity;
    private string status = "cancelled";

    public CloudCall(CloudMetrics metrics, HttpMethod method, Uri url)
    {
        this.metrics = metrics;
        Operation = CloudOperation.Of(method, url.AbsolutePath);
        activity = Activities.StartActivity(Operation, ActivityKind.Client);
        if (activity is null) return;
        // OpenTelemetry's attribute names for HTTP clients. The query is left out because it can be long: two hundred IDs.
        activity.SetTag("http.request.method", method.Method).SetTag("url.full", url.GetLeftPart(UriPartial.Path))
            .SetTag("server.address", url.Host).SetTag("server.port", url.Port);
    }

    public string Operation { get; }

    public void RecordResponse(int code)
    {
        status = code.ToString(CultureInfo.InvariantCulture);
        activity?.SetTag("http.response.status_code", code);
        if (code >= 400) Fail(status);
    }

    public void RecordFailure(CloudCallException error)
    {
        // Without an inner exception, the request was not sent by our own choice.
        status = error.WasSent ? "no_answer" : error.InnerException is null ? "not_sent" : "unreachable";
        Fail(status, error.Message);
    }

    public void Dispose()
    {
        metrics.RecordRequest(Operation, status);
        activity?.Dispose();
    }

    private void Fail(string type, string? message = null) => activity?.SetTag("error.type", type)
        .SetStatus(ActivityStatusCode.Error, message);
}
