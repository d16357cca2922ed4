using System.Net;
using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Sandbox;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.Tests.Kubernetes;

public sealed class KubernetesClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_are_created_read_changed_and_deleted()
    {
        await using var server = await WidgetCluster.StartAsync();
        using var client = server.Client();
        var created = await client.CreateAsync(new Widget { Metadata = new() { Name = "a", NamespaceProperty = "default" },
            Spec = new() { Size = 3, Choice = new() { Name = "n" } } }, Cancel);
        Assert.Equal(("test.example.com/v1", "Widget", 3), (created.ApiVersion, created.Kind, created.Spec.Size));

        created.Spec.Size = 4;
        var updated = await client.UpdateAsync(created, Cancel);
        Assert.Equal(2, updated.Metadata.Generation);
        var patched = await client.PatchAsync<Widget>(
            created.Key(), new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["l"] = "v" } } }, null, Cancel);
        Assert.Equal("v", patched.Metadata.Labels!["l"]);

        await client.DeleteAsync<Widget>(created.Key(), created.Metadata.Uid, Cancel);
        Assert.Null(await client.GetAsync<Widget>("a", "default", Cancel));
        await client.DeleteAsync<Widget>(created.Key(), null, Cancel);
    }

    [Fact]
    public async Task Statement_18_every_request_carries_the_user_agent()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        using var client = server.Client();
        await client.GetAsync<Widget>("a", "default", Cancel);
        await client.ListAsync<Widget>(null, null, Cancel);
        await client.DeleteAsync<Widget>(new("default", "a"), null, Cancel);
        Assert.All(server.Calls.All, call => Assert.Equal("tester/1.2.3", call.UserAgent));
    }

    [Fact]
    public async Task Statement_18_a_request_without_a_response_times_out_with_a_clear_error()
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        using var client = server.Client(time, timeout: TimeSpan.FromSeconds(7));
        using var fault = server.Faults.Add("GET", "*/widgets/a", new Fault { Hang = true });
        var get = client.GetAsync<Widget>("a", "default", Cancel);
        await Eventually.TrueAsync(() => server.Calls.Matching("GET", "*/widgets/a").Count == 1, "the request arrives");
        time.Advance(TimeSpan.FromSeconds(7));
        var error = await Assert.ThrowsAsync<TimeoutException>(() => get);
        Assert.Contains(
            "GET /apis/test.example.com/v1/namespaces/default/widgets/a had no answer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statement_20_a_lease_lost_while_the_server_throttles_stops_the_write_that_waited()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        var time = new FakeTimeProvider();
        using var client = server.Client(time);
        using var fault = server.Faults.Add(
            "PATCH", "*", new Fault { Status = 429, Headers = new Dictionary<string, string> { ["Retry-After"] = "3" } }, times: 1);
        client.MayWrite = () => server.Calls.Matching("PATCH", "*").Count == 0;
        var write = client.PatchAsync<Widget>(new("default", "a"), new JsonObject(), null, Cancel);
        await time.AdvanceUntilAsync(() => write.IsCompleted, "the request times out");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        Assert.Single(server.Calls.Matching("PATCH", "*"));
    }

    [Fact]
    public async Task Errors_contain_the_request_the_code_and_the_server_message()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        using var client = server.Client();
        var stale = (await client.GetAsync<Widget>("a", "default", Cancel))!;
        server.ApplyWidget("a", size: 2);
        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.UpdateAsync(stale, Cancel));
        Assert.True(error.IsConflict);
        Assert.StartsWith(
            "PUT /apis/test.example.com/v1/namespaces/default/widgets/a -> 409 Conflict: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_that_is_not_a_Status_still_becomes_a_clear_error()
    {
        using var client = Stub(
            _ => new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StringContent("<html>upstream\nmore") });
        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync<Widget>("a", "default", Cancel));
        Assert.Equal("GET /apis/test.example.com/v1/namespaces/default/widgets/a -> 502 BadGateway: <html>upstream", error.Message);
    }

    [Fact]
    public async Task Throttled_requests_wait_as_long_as_the_server_asks()
    {
        var time = new FakeTimeProvider();
        var throttle = true;
        var handler = new StubHandler(_ =>
        {
            if (!throttle) return StubHandler.Json("""{"metadata":{"name":"a"}}""");
            throttle = false;
            return new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { { "Retry-After", "3" } } };
        });
        using var client = new KubernetesClient(
            new() { Server = new Uri("http://stub") }, handler, WidgetJsonContext.Default, "t/1", time, () => 1);
        var get = client.GetAsync<Widget>("a", "default", Cancel);
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Single(handler.Requests);
        await time.AdvanceUntilAsync(() => get.IsCompleted, "the request is sent again");
        Assert.Equal("a", (await get)!.Metadata.Name);
    }

    [Fact]
    public async Task A_list_that_expires_between_pages_restarts()
    {
        var expired = false;
        using var client = Stub(request =>
        {
            var query = request.RequestUri!.Query;
            if (!query.Contains("continue=", StringComparison.Ordinal)) return Page(expired ? null : "next", "a");
            expired = true;
            return StubHandler.Json("""{"kind":"Status","code":410,"reason":"Expired","message":"too old"}""", HttpStatusCode.Gone);
        });
        var list = await client.ListAsync<Widget>(null, new(ResourceVersion: "0"), Cancel);
        Assert.Equal("a", Assert.Single(list.Items).Metadata.Name);

        static HttpResponseMessage Page(string? next, string name) => StubHandler.Json(
            $$$"""{"metadata":{"resourceVersion":"5"{{{(next is null ? "" : $",\"continue\":\"{next}\"")}}}},"items":[{"metadata":{"name":"{{{name}}}"}}]}""");
    }

    [Fact]
    public async Task Statement_16_two_status_writes_in_one_reconcile_succeed_and_an_unchanged_one_is_not_sent()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        using var client = server.Client();
        var before = (await client.GetAsync<Widget>("a", "default", Cancel))!;
        var entity = (await client.GetAsync<Widget>("a", "default", Cancel))!;
        await client.UpdateStatusAsync(entity, before, Cancel);
        Assert.Empty(server.Calls.Writes);

        entity.Status.Phase = "One";
        await client.UpdateStatusAsync(entity, before, Cancel);
        entity.Status.Phase = "Two";
        await client.UpdateStatusAsync(entity, before, Cancel);
        Assert.Equal("Two", server.Widget("a")!["status"]!["phase"]!.ToString());

        // Back to the first content, which is a change now.
        entity.Status.Phase = null;
        await client.UpdateStatusAsync(entity, before, Cancel);
        Assert.Null(server.Widget("a")!["status"]?["phase"]);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task A_name_that_would_change_the_path_is_rejected(string name)
    {
        using var client = Stub(_ => throw new InvalidOperationException("nothing may be sent"));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetAsync<Widget>(name, "default", Cancel));
    }

    [Fact]
    public async Task A_secret_is_decoded_and_its_text_shows_no_value()
    {
        using var client = Stub(
            _ => StubHandler.Json("""{"kind":"Secret","metadata":{"name":"s","namespace":"n"},"data":{"password":"aHVudGVyMg=="}}"""));
        var secret = (await client.GetAsync<V1Secret>("s", "n", Cancel))!;
        Assert.Equal("hunter2"u8.ToArray(), secret.Data!["password"]);
        var text = new V1Secret { Metadata = secret.Metadata, Data = secret.Data, StringData = new Dictionary<string,
            string> { ["other"] = "hunter3" } }.ToString();
        Assert.Contains("Name = s", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", text, StringComparison.Ordinal);
        Assert.DoesNotContain("aHVudGVyMg", text, StringComparison.Ordinal);
    }

    private static KubernetesClient Stub(Func<HttpRequestMessage, HttpResponseMessage> answer) =>
        new(new() { Server = new Uri("http://stub") }, new StubHandler(answer), WidgetJsonContext.Default, "t/1");
}
