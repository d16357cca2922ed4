using System.Net;

namespace ImageTagOperator.OpenStack.Addresses;

/// <summary>Checks requests that go through a proxy, which makes the connection itself.</summary>
internal sealed class ProxyGuard(CloudDialer dialer, IWebProxy proxy, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri!;
        if (!proxy.IsBypassed(url) && proxy.GetProxy(url) is { } way && way != url) await dialer.CheckProxiedAsync(url, cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
