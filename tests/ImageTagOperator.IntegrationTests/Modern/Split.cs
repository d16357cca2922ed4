using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Yaml;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.IntegrationTests.Modern;

/// <summary>A proxy that combines two API servers: definitions and ImageTagSets are on the current server, all else, such as Secrets and
/// Leases, on the older one. Requests and responses are forwarded unchanged.</summary>
internal sealed class Split : IAsyncDisposable
{
    private static readonly string[] Current = ["/apis/imagetags.io", "/apis/apiextensions.k8s.io", "/openapi"];

    private readonly ConcurrentQueue<string> writes = new();
    private readonly WebApplication app;
    private readonly HttpClient http;
    private readonly Uri current;
    private readonly Uri older;

    private Split(WebApplication app, string current, string older)
    {
        KubernetesClientConfiguration[] both = [KubernetesClientConfiguration.Build(current), KubernetesClientConfiguration.Build(older)];
        (this.app, this.current, this.older) = (app, both[0].Server, both[1].Server);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        ServerTrust.Require([.. both.SelectMany(configuration => configuration.CertificateAuthority!)], handler.SslOptions);
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        app.Run(PassAsync);
    }

    /// <summary>An administrator's kubeconfig.</summary>
    public string Kubeconfig { get; } = Path.Combine(Path.GetTempPath(), $"kubeconfig-{Guid.NewGuid():N}");

    /// <summary>The operator's writes: <c>PUT /apis/...</c>, in order.</summary>
    public IReadOnlyCollection<string> OperatorWrites => writes;

    /// <param name="current">A kubeconfig.</param>
    /// <param name="older">A kubeconfig with a token.</param>
    public static async Task<Split> StartAsync(string current, string older)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var split = new Split(builder.Build(), current, older);
        await split.app.StartAsync();
        var configuration = KubernetesYaml.LoadAll(await File.ReadAllTextAsync(older))[0]!.AsObject();
        configuration["clusters"]![0]!["cluster"] = new JsonObject { ["server"] = split.app.Urls.Single() };
        await File.WriteAllTextAsync(split.Kubeconfig, configuration.ToJsonString());
        return split;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        http.Dispose();
        File.Delete(Kubeconfig);
    }

    private async Task PassAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var isCurrent = Current.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal));
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method), new Uri(isCurrent ? current : older, path + context.Request.QueryString));
        if (context.Request.ContentType is { } type)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        foreach (var name in new[] { "Accept", "User-Agent" }.Concat(isCurrent ? [] : ["Authorization"]))
        {
            request.Headers.TryAddWithoutValidation(name, context.Request.Headers[name].ToArray());
        }

        if (context.Request.Method != "GET" && $"{context.Request.Headers.UserAgent}".StartsWith(
            "image-tag-operator/", StringComparison.Ordinal))
        {
            writes.Enqueue($"{context.Request.Method} {path}");
        }

        try
        {
            var refusal = isCurrent && context.Request.Method == "POST" ? await WithoutNamespaceAsync(context) : null;
            using var answer = refusal
                ?? await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            foreach (var warning in answer.Headers.TryGetValues("Warning", out var said) ? said : [])
            {
                context.Response.Headers.Append("Warning", warning);
            }

            await context.Response.StartAsync(context.RequestAborted);
            await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
            var buffer = new byte[64 * 1024];
            while (await body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted); // send each event of a watch at once
            }
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }

    /// <summary>The current server has no namespaces: the older one responds when the namespace does not exist.</summary>
    private async Task<HttpResponseMessage?> WithoutNamespaceAsync(HttpContext context)
    {
        if (context.Request.Path.Value!.Split('/') is not [_, _, _, _, "namespaces", var name, ..]) return null;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(older, $"/api/v1/namespaces/{name}"));
        request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToArray());
        var answer = await http.SendAsync(request, context.RequestAborted);
        if (answer.StatusCode == HttpStatusCode.NotFound) return answer;
        answer.Dispose();
        return null;
    }
}
