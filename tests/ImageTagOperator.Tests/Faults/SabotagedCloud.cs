namespace ImageTagOperator.Tests.Faults;

/// <summary>The connections to a cloud, each request of which can be struck, before it is sent or after it was answered.</summary>
internal sealed class SabotagedCloud(HttpMessageHandler inner, Saboteur saboteur) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var what = $"{request.Method} {request.RequestUri!.AbsolutePath.Split('/')[^1]}";
        saboteur.Call($"send {what}");
        var response = await base.SendAsync(request, cancellationToken);
        saboteur.Call($"hear of {what}");
        return response;
    }
}
