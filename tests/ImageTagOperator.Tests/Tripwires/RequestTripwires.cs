using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using Xunit;

namespace ImageTagOperator.Tests.Tripwires;

/// <summary>Requests and responses of the package.</summary>
public sealed class RequestTripwires
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Tripwire("A list whose body stalls hangs: neither the client's timeout nor the caller's token ends it", "Client/ApiConnection.cs",
        "Client/KubernetesClient.cs")]
    public async Task A_list_whose_body_stalls_hangs()
    {
        using var body = new StallingStream("""{"kind":"LeaseList","apiVersion":"coordination.k8s.io/v1","metadata":{},"items":[""", "]}");
        using var client = Package.Client(new PackageHandler(_ => PackageHandler.Stream(body)));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var list = Task.Run(() => client.CoordinationV1.ListNamespacedLeaseAsync("default", cancellationToken: cancel.Token), Cancel);
        await Task.WhenAny(body.Stalled, list);
        await cancel.CancelAsync();
        var ended = await Tripwire.EndsAsync(list);
        body.Release();
        Tripwire.AssertGap(!ended);
        Assert.Empty((await list).Items);
    }

    [Fact]
    [Tripwire("One object that does not fit its type fails the whole list", "Client/EntityCodec.cs")]
    public async Task One_misfit_object_fails_the_list()
    {
        using var client = Package.Client(new PackageHandler(_ => PackageHandler.Json("""
            {"kind":"LeaseList","apiVersion":"coordination.k8s.io/v1","metadata":{},"items":[
              {"metadata":{"name":"good"},"spec":{}}, {"metadata":{"name":"bad"},"spec":{"leaseDurationSeconds":"ten"}}]}
            """)));
        var error = await Record.ExceptionAsync(() => client.CoordinationV1.ListNamespacedLeaseAsync("default", cancellationToken: Cancel));
        Tripwire.AssertGap(error is JsonException, error?.GetType().Name ?? "the good one");
    }

    [Fact]
    [Tripwire("A 429 is thrown at once: its Retry-After is not used", "Client/ApiConnection.cs")]
    public async Task The_Retry_After_of_a_429_is_not_used()
    {
        var handler = new PackageHandler(_ =>
        {
            var answer = PackageHandler.Json(
                """{"kind":"Status","apiVersion":"v1","reason":"TooManyRequests","code":429}""", HttpStatusCode.TooManyRequests);
            answer.Headers.RetryAfter = new(TimeSpan.FromMilliseconds(1));
            return answer;
        });
        using var client = Package.Client(handler);
        await Assert.ThrowsAsync<HttpOperationException>(
            () => client.CoordinationV1.ReadNamespacedLeaseAsync("lock", "default", cancellationToken: Cancel));
        Tripwire.AssertGap(handler.Requests.Count == 1, $"{handler.Requests.Count} requests");
    }

    [Fact]
    [Tripwire("A token file that was rotated is not read again after a 401", "Configuration/TokenFileCredentials.cs")]
    public async Task A_rotated_token_is_not_read_again_after_a_401()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "old", Cancel);
            var valid = "old";
            var handler = new PackageHandler(request => request.Headers.Authorization?.Parameter == valid
                ? PackageHandler.Json("""{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"lock"}}""")
                : PackageHandler.Json(
                    """{"kind":"Status","apiVersion":"v1","reason":"Unauthorized","code":401}""", HttpStatusCode.Unauthorized));
            using var client = Package.Client(
                handler, configuration => configuration.TokenProvider = new k8s.Authentication.TokenFileAuth(file));
            Assert.Equal(
                "lock", (await client.CoordinationV1.ReadNamespacedLeaseAsync("lock", "default", cancellationToken: Cancel)).Metadata.Name);
            await File.WriteAllTextAsync(file, valid = "new", Cancel);
            var error = await Record.ExceptionAsync(
                () => client.CoordinationV1.ReadNamespacedLeaseAsync("lock", "default", cancellationToken: Cancel));
            Tripwire.AssertGap(error is HttpOperationException { Response.StatusCode: HttpStatusCode.Unauthorized }, "the new token");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
