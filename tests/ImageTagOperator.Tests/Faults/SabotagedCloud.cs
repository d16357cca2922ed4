using System.Net;

namespace ImageTagOperator.Tests.Faults;

/// <summary>The connections to a cloud. Each request can be struck: before it is sent, after it was answered, and when its answer is
/// read.</summary>
internal sealed class SabotagedCloud(HttpMessageHandler inner, Saboteur saboteur) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var what = $"{request.Method} {request.RequestUri!.AbsolutePath.Split('/')[^1]}";
        saboteur.Call($"send {what}");
        var response = await base.SendAsync(request, cancellationToken);
        saboteur.Call($"hear of {what}");
        response.Content = new Body(response.Content, () => saboteur.Call($"read {what}"));
        return response;
    }

    private sealed class Body : HttpContent
    {
        private readonly HttpContent inner;
        private readonly Action read;

        public Body(HttpContent inner, Action read)
        {
            (this.inner, this.read) = (inner, read);
            foreach (var (name, values) in inner.Headers) Headers.TryAddWithoutValidation(name, values);
        }

        protected override Task<Stream> CreateContentReadStreamAsync()
        {
            read();
            return inner.ReadAsStreamAsync();
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => inner.CopyToAsync(stream, context);

        protected override bool TryComputeLength(out long length)
        {
            length = inner.Headers.ContentLength ?? 0;
            return inner.Headers.ContentLength is not null;
        }
    }
}
