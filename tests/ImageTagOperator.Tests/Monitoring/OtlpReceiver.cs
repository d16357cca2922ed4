using System.Collections.Concurrent;
using ImageTagOperator.Sandbox.Kubernetes;
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
        var request = ProtobufMessage.Parse(body.ToArray());
        if (http.Request.Path == "/v1/traces") TakeSpans(request);
        else if (http.Request.Path == "/v1/metrics") TakeMetrics(request);
        else http.Response.StatusCode = 404;
        http.Response.ContentType = "application/x-protobuf";
    }

    private void TakeSpans(ProtobufMessage request)
    {
        foreach (var resource in Messages(request, 1))
        {
            foreach (var (key, value) in Attributes(ProtobufMessage.Parse(resource.Bytes(1)), 1)) Resource[key] = value;
            foreach (var span in Messages(resource, 2).SelectMany(scope => Messages(scope, 2)))
            {
                Spans.Enqueue(new OtlpSpan(Hex(span, 1), Hex(span, 2), Hex(span, 4), span.Text(5), Attributes(span, 9).ToDictionary()));
            }
        }
    }

    private void TakeMetrics(ProtobufMessage request)
    {
        foreach (var metric in Messages(request, 1).SelectMany(resource => Messages(resource, 2)).SelectMany(scope => Messages(scope, 2))) Metrics[metric.Text(1)] = 0;
    }

    private static IEnumerable<ProtobufMessage> Messages(ProtobufMessage parent, int number) => parent.All(number).Select(ProtobufMessage.Parse);

    private static string Hex(ProtobufMessage message, int number) => Convert.ToHexStringLower(message.Bytes(number).Span);

    private static IEnumerable<(string Key, string Value)> Attributes(ProtobufMessage message, int number)
    {
        foreach (var attribute in Messages(message, number))
        {
            var value = ProtobufMessage.Parse(attribute.Bytes(2));
            yield return (attribute.Text(1), value.Has(1) ? value.Text(1) : $"{value.Number(3)}");
        }
    }
}

/// <summary>A span as it came; ids in hex, <see cref="Parent"/> empty for a root.</summary>
internal sealed record OtlpSpan(string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Attributes);
