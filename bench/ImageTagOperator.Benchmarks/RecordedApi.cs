using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;

namespace ImageTagOperator.Benchmarks;

/// <summary>Recorded responses of an API server to lists and watches, so that only the client is measured.</summary>
internal sealed class RecordedApi : HttpMessageHandler
{
    private const int PageSize = 500;

    private readonly List<byte[]> pages;
    private readonly Pipe watch = new(new PipeOptions(pauseWriterThreshold: 0));

    public RecordedApi(IReadOnlyList<BenchmarkSet> objects)
    {
        pages = [.. objects.Chunk(PageSize)
            .Select((page, number) => Page(page, (number + 1) * PageSize < objects.Count ? $"{number + 1}" : ""))];
    }

    public long ListBytes => pages.Sum(page => (long)page.Length);

    public static KubernetesClientConfiguration Configuration { get; } = new() { Server = new Uri("http://recorded") };

    public KubernetesClient Client() => new(Configuration, this, BenchmarkSetJson.Default, "benchmark/1");

    /// <summary>Sends lines to the watch.</summary>
    public async Task SendAsync(byte[] lines) => await watch.Writer.WriteAsync(lines);

    /// <summary>The events of a watch, as bytes.</summary>
    public static byte[] Events(IEnumerable<BenchmarkSet> objects)
    {
        using var lines = new MemoryStream();
        foreach (var set in objects)
        {
            lines.Write("""{"type":"MODIFIED","object":"""u8);
            lines.Write(JsonSerializer.SerializeToUtf8Bytes(set, BenchmarkSet.TypeInfo));
            lines.Write("}\n"u8);
        }

        return lines.ToArray();
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var query = request.RequestUri!.Query;
        var next = query.Split("continue=");
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = query.Contains("watch=true", StringComparison.Ordinal)
                ? new StreamContent(watch.Reader.AsStream(leaveOpen: true))
                : new ByteArrayContent(pages[next.Length > 1 ? int.Parse(next[1], null) : 0]),
        });
    }

    private static byte[] Page(IEnumerable<BenchmarkSet> objects, string next)
    {
        var items = objects.Select(set => JsonSerializer.Serialize(set, BenchmarkSet.TypeInfo));
        return Encoding.UTF8.GetBytes(
            $$"""{"metadata":{"resourceVersion":"1","continue":"{{next}}"},"items":[{{string.Join(',', items)}}]}""");
    }
}
