using ImageTagOperator.Hosting.Metrics;

namespace ImageTagOperator.Hosting;

/// <summary>The HTTP endpoints. <c>/healthz</c> (liveness): 200 unless a part of the operator has crashed or hangs. <c>/readyz</c>
/// (readiness): 200 once all sets are in the cache. <c>/metrics</c>: for Prometheus, with TLS at its own address if one is
/// configured.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this IApplicationBuilder app)
    {
        var state = app.ApplicationServices.GetRequiredService<OperatorState>();
        var metrics = app.ApplicationServices.GetRequiredService<MetricCollector>();
        var guard = app.ApplicationServices.GetRequiredService<MetricsGuard>();
        var hasOwnAddress = app.ApplicationServices.GetRequiredService<OperatorOptions>().MetricsAddress is not null;
        app.Run(async http =>
        {
            var refusal = http.Request.IsHttps ? await guard.RefusalAsync(http.Request, http.RequestAborted) : null;
            if (refusal is null && http.Request.Path == "/metrics" && http.Request.IsHttps == hasOwnAddress)
            {
                http.Response.ContentType = PrometheusText.ContentType;
                await http.Response.WriteAsync(metrics.Collect(), http.RequestAborted);
                return;
            }

            var (status, body) = refusal ?? http.Request.Path.Value switch
            {
                "/healthz" => state.IsAlive ? (200, "ok") : (503, "a watch or a worker has died, or no reconcile has ended for long"),
                "/readyz" => state.IsReady ? (200, "ok") : (503, "the first list of ImageTagSets is not in yet"),
                _ => (404, hasOwnAddress ? "there are /healthz and /readyz, and /metrics at --metrics-address"
                    : "there are /healthz, /readyz and /metrics"),
            };
            http.Response.StatusCode = status;
            http.Response.ContentType = "text/plain";
            await http.Response.WriteAsync(body + "\n", http.RequestAborted);
        });
    }
}
