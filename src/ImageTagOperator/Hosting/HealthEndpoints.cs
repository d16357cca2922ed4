using ImageTagOperator.Hosting.Metrics;

namespace ImageTagOperator.Hosting;

/// <summary><c>/healthz</c>: 200 while no part of the operator has died or hangs (a liveness probe). <c>/readyz</c>: 200 once all sets are
/// in the cache. <c>/metrics</c>: for Prometheus.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this IApplicationBuilder app)
    {
        var state = app.ApplicationServices.GetRequiredService<OperatorState>();
        var metrics = app.ApplicationServices.GetRequiredService<MetricCollector>();
        app.Run(async http =>
        {
            if (http.Request.Path == "/metrics")
            {
                http.Response.ContentType = PrometheusText.ContentType;
                await http.Response.WriteAsync(metrics.Collect(), http.RequestAborted);
                return;
            }

            var (status, body) = http.Request.Path.Value switch
            {
                "/healthz" => state.IsAlive ? (200, "ok") : (503, "a watch or a worker has died, or no reconcile has ended for long"),
                "/readyz" => state.IsReady ? (200, "ok") : (503, "the first list of ImageTagSets is not in yet"),
                _ => (404, "there are /healthz, /readyz and /metrics"),
            };
            http.Response.StatusCode = status;
            http.Response.ContentType = "text/plain";
            await http.Response.WriteAsync(body + "\n", http.RequestAborted);
        });
    }
}
