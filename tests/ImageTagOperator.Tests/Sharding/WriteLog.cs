using System.Collections.Concurrent;

namespace ImageTagOperator.Tests.Sharding;

/// <summary>The writes to the clouds, in the order in which they began, with the process that sent each.</summary>
internal sealed class WriteLog
{
    private readonly ConcurrentQueue<Write> writes = new();

    /// <summary>The time between the work of the cloud and the end of a write, so that two processes would overlap.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromMilliseconds(2);

    public IReadOnlyList<Write> All => [.. writes];

    public IEnumerable<Write> Of(string authority) => All.Where(write => write.Cloud == authority);

    public HttpMessageHandler Watching(string process, HttpMessageHandler inner) => new Handler(this, process, inner);

    /// <param name="Cloud">Host and port.</param>
    /// <param name="Image">The path up to the tag.</param>
    internal sealed record Write(string Process, string Cloud, string Image, string Tag, HttpMethod Method)
    {
        /// <summary>The number of writes that had begun when this one ended.</summary>
        public int EndedBefore { get; set; } = int.MaxValue;
    }

    private sealed class Handler(WriteLog log, string process, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            if (!path.Contains("/tags/", StringComparison.Ordinal)) return await base.SendAsync(request, cancellationToken);
            var image = path[..path.IndexOf("/tags/", StringComparison.Ordinal)];
            var write = new Write(process, request.RequestUri.Authority, image, path[(path.LastIndexOf('/') + 1)..], request.Method);
            log.writes.Enqueue(write);
            try
            {
                var response = await base.SendAsync(request, cancellationToken);
                await Task.Delay(Answer, TimeProvider.System, CancellationToken.None);
                return response;
            }
            finally
            {
                write.EndedBefore = log.writes.Count;
            }
        }
    }
}
