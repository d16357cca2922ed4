using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>Receives traces and metrics by OTLP, over HTTP and gRPC, and parses the parts that the tests need.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    /// <summary>The compression flag, and four bytes of length.</summary>
    private const int GrpcHead = 5;

    private readonly WebApplication app;

    private OtlpReceiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<OtlpSpan> Spans { get; } = new();

    public ConcurrentDictionary<string, byte> Metrics { get; } = new();

    /// <summary>The resource attributes of the sender.</summary>
    public ConcurrentDictionary<string, string> Resource { get; } = new();

    public string Url => app.Urls.First();

    public string GrpcUrl => app.Urls.Last();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var receiver = new OtlpReceiver(builder.Build());
        receiver.app.Run(receiver.ReceiveAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var isGrpc = http.Request.ContentType == "application/grpc";
        http.Response.ContentType = isGrpc ? "application/grpc" : "application/x-protobuf";
        var request = new OtlpMessage(body.ToArray().AsSpan(isGrpc ? GrpcHead : 0));
        switch (http.Request.Path.Value)
        {
            case "/v1/traces" or "/opentelemetry.proto.collector.trace.v1.TraceService/Export":
                ReadSpans(request);
                break;
            case "/v1/metrics" or "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export":
                ReadMetrics(request);
                break;
            default:
                http.Response.StatusCode = 404;
                return;
        }

        if (!isGrpc) return;
        await http.Response.Body.WriteAsync(new byte[GrpcHead]);    // an empty message
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private void ReadSpans(OtlpMessage request)
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

    private void ReadMetrics(OtlpMessage request)
    {
        foreach (var metric in request.All(1).SelectMany(resource => resource.All(2)).SelectMany(scope => scope.All(2))) Metrics[
            metric.Text(1)] = 0;
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

/// <summary>A received span; ids in hex, <see cref="Parent"/> empty for a root.</summary>
internal sealed record OtlpSpan(string Trace, string Id, string Parent, string Name, IReadOnlyDictionary<string, string> Attributes);
