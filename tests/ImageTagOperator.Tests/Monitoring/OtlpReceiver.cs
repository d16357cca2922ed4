using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>Takes traces and metrics by OTLP (HTTP with protobuf) and reads as much of them as the tests ask about.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private OtlpReceiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<OtlpSpan> Spans { get; } = new();

    public ConcurrentDictionary<string, byte> Metrics { get; } = new();

    /// <summary>What the sender says of itself.</summary>
    public ConcurrentDictionary<string, string> Resource { get; } = new();

    public string Url => app.Urls.First();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver.app.Run(receiver.TakeAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var request = new OtlpMessage(body.ToArray());
        if (http.Request.Path == "/v1/traces") TakeSpans(request);
        else if (http.Request.Path == "/v1/metrics") TakeMetrics(request);
        else http.Response.StatusCode = 404;
        http.Response.ContentType = "application/x-protobuf";
    }

    private void TakeSpans(OtlpMessage request)
    {
        foreach (var resource in request.All(1))
        {
            foreach (var (key, value) in Attributes(new OtlpMessage(resource.Bytes(1)), 1)) Resource[key] = value;
            foreach (var span in resource.All(2).SelectMany(scope => scope.All(2)))
            {
                Spans.Enqueue(new OtlpSpan(Hex(span, 1), Hex(span, 2), Hex(span, 4), span.Text(5), Attributes(span, 9).ToDictionary()));
            }
        }
    }

    private void TakeMetrics(OtlpMessage request)
    {
        foreach (var metric in request.All(1).SelectMany(resource => resource.All(2)).SelectMany(scope => scope.All(2))) Metrics[metric.Text(1)] = 0;
    }

    private static string Hex(OtlpMessage message, int number) => Convert.ToHexStringLower(message.Bytes(number));

    private static IEnumerable<(string Key, string Value)> Attributes(OtlpMessage message, int number)
    {
        foreach (var attribute in message.All(number))
        {
            var value = new OtlpMessage(attribute.Bytes(2));
            yield return (attribute.Text(1), value.Has(1) ? value.Text(1) : $"{value.Number(3)}");
        }
    }
}

/// <summary>A span as it came; ids in hex, <see cref="Parent"/> empty for a root.</summary>
internal sealed record OtlpSpan(string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Attributes);
