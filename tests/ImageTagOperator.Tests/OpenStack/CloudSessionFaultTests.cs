using ImageTagOperator.Contracts;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>How a session handles the faults of a cloud.</summary>
public sealed class CloudSessionFaultTests : IAsyncLifetime
{
    /// <summary>For faults that only a timeout ends; all others have enough time, however busy the machine is.</summary>
    private static readonly TimeSpan ShortDeadline = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider time = new();
    private SandboxCloud cloud = null!;
    private SandboxImage image = null!;
    private CloudSession session = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cloud = await SandboxCloud.StartAsync();
        image = cloud.AddImage("faulty", "old");
        session = Session("demo");
    }

    public async ValueTask DisposeAsync()
    {
        session.Dispose();
        await cloud.DisposeAsync();
    }

    /// <summary>The faults of a read, and the resulting errors.</summary>
    public static TheoryData<string, Fault, CloudErrorKind, string> BadReads => new()
    {
        { "500", new Fault { Status = 500 }, CloudErrorKind.Transient, "-> 500" },
        { "503", Busy(503), CloudErrorKind.Transient, "-> 503 (text/plain)" },
        { "429", Busy(429), CloudErrorKind.Transient, "-> 429 (text/plain)" },
        { "502 with a page", Page(502), CloudErrorKind.Transient, "-> 502 (text/html)" },
        { "200 with a page", Page(200), CloudErrorKind.Transient, "not what the API documents" },
        { "302", new Fault { Status = 302, Headers = new Dictionary<string, string> { ["Location"] = "http://127.0.0.1:1/v3?token=x" } },
            CloudErrorKind.Redirected, "-> 302: a redirect to http://127.0.0.1:1/v3, and" },
        { "other JSON", new Fault { Status = 200, Body = """{"versions": []}""", ContentType = "application/json" },
            CloudErrorKind.Transient, "not what the API documents" },
        { "403", new Fault { Status = 403 }, CloudErrorKind.Forbidden, "-> 403" },
        { "400", new Fault { Status = 400 }, CloudErrorKind.Rejected, "-> 400" },
        { "no answer", new Fault { Hang = true }, CloudErrorKind.Transient, "no answer within 10 s" },
        { "reset", new Fault { ResetBeforeWork = true }, CloudErrorKind.Transient, "GET " },
        { "reset after the work", new Fault { ResetAfterWork = true }, CloudErrorKind.Transient, "GET " },
        { "half a body", new Fault { TruncateBody = true }, CloudErrorKind.Transient, "GET " },
        { "a slow drip", new Fault { Drip = TimeSpan.FromMilliseconds(50) }, CloudErrorKind.Transient, "no answer within 10 s" },
    };

    [Theory]
    [MemberData(nameof(BadReads))]
    public async Task A_failed_read_determines_who_can_fix_it(string what, Fault fault, CloudErrorKind kind, string message)
    {
        using var session = Session("demo", fault);
        await session.GetImageAsync(image.Id, Cancel);
        cloud.Faults.Add("GET", "*/v2/images*", fault);
        foreach (var read in new Func<Task>[] { () => session.GetImageAsync(image.Id, Cancel), () => session.FindAsync("faulty", Cancel) })
        {
            var error = await Assert.ThrowsAsync<CloudException>(read);
            Assert.True(kind == error.Kind, $"{what} became {error.Kind}: {error.Message}");
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
            Assert.Equal(fault.Headers.ContainsKey("Retry-After") ? TimeSpan.FromSeconds(7) : null, error.RetryAfter);
            time.Advance(TimeSpan.FromSeconds(8));
        }

        cloud.Faults.Clear();
        Assert.Equal(["old"], (await session.GetImageAsync(image.Id, Cancel))!.Tags);
    }

    /// <summary>The faults of a write, the resulting outcomes, and whether the cloud did the work.</summary>
    public static TheoryData<string, Fault, TagWriteResult, bool> BadWrites => new()
    {
        { "500", new Fault { Status = 500 }, TagWriteResult.ServerError, false },
        { "409", new Fault { Status = 409 }, TagWriteResult.ServerError, false },
        { "302", new Fault { Status = 302 }, TagWriteResult.ServerError, false },
        { "503", Busy(503), TagWriteResult.NotSent, false },
        { "429", Busy(429), TagWriteResult.NotSent, false },
        { "502 with a page", Page(502), TagWriteResult.Uncertain, false },
        { "504 with a page", Page(504), TagWriteResult.Uncertain, false },
        { "408", new Fault { Status = 408 }, TagWriteResult.Uncertain, false },
        { "400", new Fault { Status = 400 }, TagWriteResult.Rejected, false },
        { "405", new Fault { Status = 405 }, TagWriteResult.Rejected, false },
        { "403", new Fault { Status = 403 }, TagWriteResult.Forbidden, false },
        { "413", new Fault { Status = 413 }, TagWriteResult.QuotaExceeded, false },
        { "404", new Fault { Status = 404 }, TagWriteResult.NotFound, false },
        { "no answer", new Fault { Hang = true }, TagWriteResult.Uncertain, false },
        { "reset", new Fault { ResetBeforeWork = true }, TagWriteResult.Uncertain, false },
        { "reset after the work", new Fault { ResetAfterWork = true }, TagWriteResult.Uncertain, true },
    };

    [Theory]
    [MemberData(nameof(BadWrites))]
    public async Task A_failed_write_has_its_own_outcome_and_is_sent_once(string what, Fault fault, TagWriteResult expected, bool done)
    {
        // On a reused connection: in that case an HTTP client might resend the request.
        using var session = Session("demo", fault);
        await session.GetImageAsync(image.Id, Cancel);
        cloud.Faults.Add("*", "*/tags/*", fault);
        var put = await session.AddTagAsync(image.Id, "new", Cancel);
        time.Advance(TimeSpan.FromSeconds(8));      // a Retry-After applies to all requests
        var outcomes = new[] { ("PUT", put), ("DELETE", await session.RemoveTagAsync(image.Id, "old", Cancel)) };
        foreach (var (method, outcome) in outcomes)
        {
            Assert.True(outcome.Result == expected, $"{method} with {what} became {outcome.Result}: {outcome.Message}");
            Assert.StartsWith($"{method} http", outcome.Message, StringComparison.Ordinal);
            Assert.Equal(fault.Headers.ContainsKey("Retry-After") ? TimeSpan.FromSeconds(7) : null, outcome.RetryAfter);
            Assert.Single(cloud.Calls.Matching(method, "*/tags/*"));
        }

        await Eventually.TrueAsync(() => done == image.Tags.SequenceEqual(["new"]), $"the work to be {(done ? "done" : "left")}");
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task A_write_whose_connection_is_closed_without_a_response_is_sent_once(string method)
    {
        await using var glance = new ClosingServer();
        var configuration = CloudsYaml.Parse(cloud.CloudsYaml, "demo") with { ImageEndpointOverride = glance.Address };
        using var closed = SessionOf(configuration);
        Assert.Empty(await closed.FindAsync("any", Cancel));
        var outcome = method == "PUT" ? await closed.AddTagAsync(image.Id, "new", Cancel)
            : await closed.RemoveTagAsync(image.Id, "old", Cancel);
        Assert.Equal(TagWriteResult.Uncertain, outcome.Result);
        Assert.Equal(["GET", method], glance.Requests);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Statement_20_no_byte_of_a_write_is_sent_without_the_lease(string method)
    {
        await using var glance = new ClosingServer();
        var configuration = CloudsYaml.Parse(cloud.CloudsYaml, "demo") with { ImageEndpointOverride = glance.Address };
        using var follower = TestSession.Of(configuration, time, mayWrite: () => false);
        Assert.Empty(await follower.FindAsync("any", Cancel));
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => method == "PUT" ? follower.AddTagAsync(image.Id, "new", Cancel) : follower.RemoveTagAsync(image.Id, "old", Cancel));
        Assert.Contains("was not sent: this replica is not the leader", error.Message, StringComparison.Ordinal);
        Assert.Empty(await follower.FindAsync("any", Cancel));
        Assert.Equal(["GET", "GET"], glance.Requests);
    }

    [Fact]
    public async Task Statement_20_a_lease_lost_during_the_login_stops_the_write_that_waited_for_it()
    {
        using var leader = TestSession.Of(
            CloudsYaml.Parse(cloud.CloudsYaml, "demo"), time, mayWrite: () => cloud.Calls.Matching("POST", "*/auth/tokens").Count == 0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader.AddTagAsync(image.Id, "new", Cancel));
        Assert.Empty(cloud.Calls.Matching("PUT", "*"));
    }

    [Fact]
    public async Task A_truncated_error_leaves_a_write_uncertain()
    {
        await session.GetImageAsync(image.Id, Cancel);
        cloud.Faults.Add("*", "*/tags/*", new Fault { TruncateBody = true });
        Assert.Equal(TagWriteResult.Uncertain, (await session.RemoveTagAsync(image.Id, "absent", Cancel)).Result);
        Assert.Single(cloud.Calls.Matching("DELETE", "*/tags/*"));
    }

    [Fact]
    public async Task A_write_that_found_no_server_was_not_sent()
    {
        var gone = CloudsYaml.Parse(cloud.CloudsYaml, "demo") with { ImageEndpointOverride = new Uri("http://127.0.0.1:1/") };
        using var unreachable = SessionOf(gone);
        var outcome = await unreachable.AddTagAsync(image.Id, "new", Cancel);
        Assert.Equal(TagWriteResult.NotSent, outcome.Result);
        Assert.Contains("refused", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canceled_caller_gets_a_cancellation_and_no_cloud_error()
    {
        await session.GetImageAsync(image.Id, Cancel);
        cloud.Faults.Add("*", "*/v2/images/*", new Fault { Hang = true });
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var read = session.GetImageAsync(image.Id, patience.Token);
        await Eventually.TrueAsync(() => cloud.Calls.Matching("GET", "*/v2/images/*").Count == 2, "the read to arrive");
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task A_tag_without_an_address_is_never_sent()
    {
        foreach (var tag in new[] { "", ".", "..", "a/b", "ü", new string('x', 256) })
        {
            await Assert.ThrowsAsync<ArgumentException>(() => session.RemoveTagAsync(image.Id, tag, Cancel));
        }

        Assert.Empty(cloud.Calls.Matching("DELETE", "*"));
        Assert.Single(cloud.Images);
    }

    [Fact]
    public async Task A_write_that_gets_401_is_sent_again_after_one_fresh_login()
    {
        await session.GetImageAsync(image.Id, Cancel);
        cloud.Identity.RevokeAllTokens();
        Assert.True((await session.AddTagAsync(image.Id, "new", Cancel)).IsDone);
        Assert.Equal([401, 204], cloud.Calls.Matching("PUT", "*/tags/new").Select(call => call.Status));
        Assert.Equal(2, Logins);
    }

    [Fact]
    public async Task A_cloud_that_always_responds_401_gets_two_tries_and_is_not_a_rejected_credential()
    {
        cloud.Faults.Add("*", "*/v2/images/*", new Fault { Status = 401 });
        Assert.Equal(
            CloudErrorKind.Transient, (await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(image.Id, Cancel))).Kind);
        Assert.Equal(2, cloud.Calls.Matching("GET", "*/v2/images/*").Count);
        Assert.Equal(TagWriteResult.NotSent, (await session.AddTagAsync(image.Id, "new", Cancel)).Result);
        Assert.Equal(2, cloud.Calls.Matching("PUT", "*/tags/*").Count);
    }

    [Fact]
    public async Task Many_callers_wait_for_one_login()
    {
        cloud.Faults.Add("POST", "*/auth/tokens", new Fault { Delay = TimeSpan.FromMilliseconds(100) });
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => session.GetImageAsync(image.Id, Cancel)));
        Assert.Equal(1, Logins);

        cloud.Identity.RevokeAllTokens();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => session.GetImageAsync(image.Id, Cancel)));
        Assert.Equal(2, Logins);
    }

    [Fact]
    public async Task A_canceled_caller_does_not_cancel_the_login_for_others()
    {
        cloud.Faults.Add("POST", "*/auth/tokens", new Fault { Delay = TimeSpan.FromMilliseconds(200) });
        using var patience = new CancellationTokenSource();
        var first = session.GetImageAsync(image.Id, patience.Token);
        var second = session.GetImageAsync(image.Id, Cancel);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.NotNull(await second);
        Assert.Equal(1, Logins);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_ends()
    {
        var clock = new FakeTimeProvider();
        await using var ageing = await SandboxCloud.StartAsync(clock);
        var aged = ageing.AddImage("aged");
        using var user = TestSession.Of(CloudsYaml.Parse(ageing.CloudsYaml, "demo"), clock);
        await user.GetImageAsync(aged.Id, Cancel);
        clock.Advance(TimeSpan.FromMinutes(57));
        await user.GetImageAsync(aged.Id, Cancel);
        Assert.Single(ageing.Calls.Matching("POST", "*/auth/tokens"));
        clock.Advance(TimeSpan.FromMinutes(2));
        await user.GetImageAsync(aged.Id, Cancel);
        Assert.Equal(2, ageing.Calls.Matching("POST", "*/auth/tokens").Count);
        Assert.All(ageing.Calls.Matching("GET", "*"), call => Assert.Equal(200, call.Status));
    }

    [Fact]
    public async Task A_rejected_login_is_not_repeated_for_30_seconds()
    {
        var user = cloud.Identity.User("demo");
        var right = user.Password;
        user.Password = "changed";
        for (var i = 0; i < 5; i++)
        {
            var error = await Assert.ThrowsAsync<CloudException>(() => session.AddTagAsync(image.Id, "new", Cancel));
            Assert.Equal(CloudErrorKind.CredentialsRejected, error.Kind);
            Assert.Contains("user 'demo'", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(right, error.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(1, Logins);
        user.Password = right;
        time.Advance(TimeSpan.FromSeconds(29));
        await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(image.Id, Cancel));
        Assert.Equal(1, Logins);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull(await session.GetImageAsync(image.Id, Cancel));
        Assert.Equal(2, Logins);
    }

    [Fact]
    public async Task A_deleted_application_credential_is_rejected_too()
    {
        using var application = Session("demo-app");
        await application.GetImageAsync(image.Id, Cancel);
        cloud.Identity.Remove(cloud.Identity.ApplicationCredentials[0]);
        var error = await Assert.ThrowsAsync<CloudException>(() => application.GetImageAsync(image.Id, Cancel));
        Assert.Equal(CloudErrorKind.CredentialsRejected, error.Kind);
        Assert.Contains("application credential", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The faults of Keystone that are not a rejection.</summary>
    public static TheoryData<string, Fault> BadLogins => new()
    {
        { "503", Busy(503) },
        { "500 with a page", Page(500) },
        { "201 without a token", new Fault { Status = 201, Body = "{}", ContentType = "application/json" } },
        { "no answer", new Fault { Hang = true } },
        { "reset", new Fault { ResetBeforeWork = true } },
        { "half a body", new Fault { TruncateBody = true } },
    };

    [Theory]
    [MemberData(nameof(BadLogins))]
    public async Task A_failing_Keystone_is_transient_and_retried_the_next_time(string what, Fault fault)
    {
        using var session = Session("demo", fault);
        cloud.Faults.Add("POST", "*/auth/tokens", fault, times: 1);
        var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(image.Id, Cancel));
        Assert.True(error.Kind == CloudErrorKind.Transient, $"{what} became {error.Kind}: {error.Message}");
        Assert.Equal(1, Logins);
        time.Advance(TimeSpan.FromSeconds(8));
        Assert.NotNull(await session.GetImageAsync(image.Id, Cancel));
    }

    [Fact]
    public async Task Sessions_with_a_token_work_while_Keystone_is_down()
    {
        await session.GetImageAsync(image.Id, Cancel);
        cloud.Identity.Down = true;
        Assert.True((await session.AddTagAsync(image.Id, "new", Cancel)).IsDone);

        using var late = Session("demo");
        var error = await Assert.ThrowsAsync<CloudException>(() => late.AddTagAsync(image.Id, "newer", Cancel));
        Assert.Equal(CloudErrorKind.Transient, error.Kind);
        Assert.Empty(cloud.Calls.Matching("PUT", "*/tags/newer"));
    }

    private int Logins => cloud.Calls.Matching("POST", "*/auth/tokens").Count;

    private CloudSession Session(string name, Fault? fault = null) =>
        SessionOf(CloudsYaml.Parse(cloud.CloudsYaml, name), fault is { Hang: true } or { Drip.Ticks: > 0 } ? ShortDeadline : null);

    private CloudSession SessionOf(CloudConfiguration configuration, TimeSpan? deadline = null) =>
        TestSession.Of(configuration, time, deadline);

    private static Fault Busy(int status) =>
        new() { Status = status, Body = "come back later", Headers = new Dictionary<string, string> { ["Retry-After"] = "7" } };

    private static Fault Page(int status) => new() { Status = status, Body = "<html><p>Welcome</p></html>", ContentType = "text/html" };
}
