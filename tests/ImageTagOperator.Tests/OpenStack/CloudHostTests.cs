using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>How the load on one server is limited.</summary>
public sealed class CloudHostTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly CloudHosts hosts;
    private readonly CloudHost host;
    private int sent;

    public CloudHostTests()
    {
        hosts = new CloudHosts(new CloudLimits { Concurrency = 3 }, time, static () => true);
        host = hosts.For("b", new Uri("http://glance.test:9292/"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => hosts.Dispose();

    [Fact]
    public void All_sessions_of_a_server_share_its_limits()
    {
        Assert.Same(host.Server, hosts.For($"{Guid.NewGuid()}", new Uri("https://GLANCE.test:9292/other")).Server);
        Assert.NotSame(host.Server, hosts.For("b", new Uri("http://glance.test:5000/v3")).Server);
    }

    [Fact]
    public async Task Only_the_allowed_number_of_requests_runs_at_once()
    {
        var (now, most) = (0, 0);
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => host.SendAsync("GET x", async _ =>
        {
            lock (gate) most = Math.Max(most, ++now);
            await Task.Yield();
            lock (gate) now--;
            return Answer(200);
        }, Cancel)));
        Assert.InRange(most, 1, 3);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(5000)]
    public async Task After_the_first_burst_requests_continue_at_their_rate(int rate)
    {
        using var limited = new CloudHosts(new CloudLimits { RequestsPerSecond = rate }, time, static () => true);
        var server = limited.For("b", new Uri("http://glance.test/"));
        for (var i = 0; i < rate + 10; i++) Assert.Equal(200,
            (await server.SendAsync("GET x", _ => ValueTask.FromResult(Answer(200)), Cancel)).Status);
    }

    [Fact]
    public async Task A_Retry_After_applies_to_all_sessions_and_is_reported_without_a_request()
    {
        Assert.Equal(503, (await SendAsync(503, TimeSpan.FromSeconds(30))).Status);
        var refused = await Assert.ThrowsAsync<CloudCallException>(() => SendAsync(200));
        Assert.False(refused.WasSent);
        Assert.Equal(TimeSpan.FromSeconds(30), refused.RetryAfter);
        Assert.Equal(1, sent);
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(200, (await SendAsync(200)).Status);
    }

    [Fact]
    public async Task A_Retry_After_of_a_day_is_reduced_to_minutes()
    {
        await SendAsync(429, TimeSpan.FromDays(1));
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(200, (await SendAsync(200)).Status);
    }

    [Fact]
    public async Task An_unreachable_server_is_retried_with_a_growing_pause_and_used_at_once_when_it_is_back()
    {
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<CloudCallException>(FailAsync);
        Assert.Equal(3, sent);
        for (var minute = 0; minute < 60; minute++)
        {
            // All sessions keep retrying, and almost no request is sent.
            for (var caller = 0; caller < 100; caller++)
            {
                var refused = await Assert.ThrowsAsync<CloudCallException>(FailAsync);
                if (refused.RetryAfter is { } pause) Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromMinutes(1));
            }

            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(sent, 4, 3 + 70);
        time.Advance(TimeSpan.FromMinutes(2));
        foreach (var _ in Enumerable.Range(0, 10)) Assert.Equal(200, (await SendAsync(200)).Status);
    }

    [Theory]
    [InlineData(5, 12)]
    [InlineData(30, 70)]
    public async Task The_circuit_opens_when_most_requests_failed(int before, int enough)
    {
        foreach (var _ in Enumerable.Range(0, before)) Assert.Equal(200, (await SendAsync(200)).Status);
        foreach (var _ in Enumerable.Range(0, enough)) await Assert.ThrowsAsync<CloudCallException>(FailAsync);
        Assert.False((await Assert.ThrowsAsync<CloudCallException>(() => SendAsync(200))).WasSent);
    }

    [Fact]
    public async Task The_circuit_stays_closed_when_every_other_request_succeeds()
    {
        foreach (var _ in Enumerable.Range(0, 50))
        {
            Assert.Equal(500, (await SendAsync(500)).Status);
            Assert.Equal(200, (await SendAsync(200)).Status);
        }
    }

    [Theory]
    [InlineData("GET x", 500, false)]
    [InlineData("GET x", 502, false)]
    [InlineData("GET x", 404, true)]
    [InlineData("PUT x", 500, true)]        // one tag that Glance cannot handle says nothing about the others
    [InlineData("DELETE x", 500, true)]
    [InlineData("PUT x", 504, false)]
    public async Task Only_errors_of_an_unreachable_server_count(string call, int status, bool goesOn)
    {
        for (var i = 0; i < 3; i++) await SendAsync(status, call: call);
        if (goesOn) Assert.Equal(status, (await SendAsync(status, call: call)).Status);
        else Assert.False((await Assert.ThrowsAsync<CloudCallException>(() => SendAsync(200))).WasSent);
    }

    [Fact]
    public async Task A_trial_request_is_never_a_write()
    {
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<CloudCallException>(FailAsync);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.False((await Assert.ThrowsAsync<CloudCallException>(() => SendAsync(204, call: "PUT x"))).WasSent);
        Assert.Equal(200, (await SendAsync(200)).Status);
        Assert.Equal(204, (await SendAsync(204, call: "PUT x")).Status);
    }

    [Fact]
    public async Task A_shorter_Retry_After_does_not_end_a_longer_one()
    {
        var slow = new TaskCompletionSource();
        var first = host.SendAsync("GET x", async _ =>
        {
            await slow.Task;
            return Answer(503, TimeSpan.FromSeconds(1));
        }, Cancel);
        await SendAsync(503, TimeSpan.FromMinutes(1));
        slow.SetResult();
        await first;
        time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<CloudCallException>(() => SendAsync(200));
    }

    [Fact]
    public async Task An_unreachable_server_does_not_slow_another()
    {
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<CloudCallException>(FailAsync);
        var other = await hosts.For("b", new Uri("http://other.test/")).SendAsync("GET x", _ => ValueTask.FromResult(Answer(200)), Cancel);
        Assert.Equal(200, other.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_circuit_of_a_server_depends_only_on_sessions_that_have_reached_it(
        bool isKnown)
    {
        var address = new Uri("http://glance.test:9292/");
        var (one, other) = (hosts.For($"{Guid.NewGuid()}", address), hosts.For($"{Guid.NewGuid()}", address));
        await SendAsync(other, () => Answer(200));
        if (isKnown) await SendAsync(one, () => Answer(200));
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<CloudCallException>(() => SendAsync(one, Broken));
        if (isKnown) Assert.NotNull((await Assert.ThrowsAsync<CloudCallException>(() => SendAsync(other, () => Answer(200)))).RetryAfter);
        else Assert.Equal(200, (await SendAsync(other, () => Answer(200))).Status);
    }

    [Fact]
    public async Task A_fault_of_the_configuration_affects_only_that_configuration_even_after_a_success()
    {
        var address = new Uri("http://glance.test:9292/");
        var (one, other) = (hosts.For($"{Guid.NewGuid()}", address), hosts.For($"{Guid.NewGuid()}", address));
        foreach (var user in new[] { one, other }) await SendAsync(user, () => Answer(200));
        for (var i = 0; i < 8; i++)
        {
            await Assert.ThrowsAsync<CloudCallException>(() =>
                SendAsync(
                one, () => throw new CloudCallException("GET x: no such name", wasSent: false, new IOException()) { IsLocalCause = true }));
        }

        Assert.NotNull((await Assert.ThrowsAsync<CloudCallException>(() => SendAsync(one, () => Answer(200)))).RetryAfter);
        Assert.Equal(200, (await SendAsync(other, () => Answer(200))).Status);
    }

    [Fact]
    public async Task Another_scheme_or_path_of_a_server_is_another_address()
    {
        foreach (var address in new[] { "https://glance.test:9292/", "http://glance.test:9292/nothing-here/" })
        {
            var hostile = hosts.For($"{Guid.NewGuid()}", new Uri(address));
            await SendAsync(hostile, () => Answer(200));
            for (var i = 0; i < 8; i++) await Assert.ThrowsAsync<CloudCallException>(() => SendAsync(hostile, Broken));
        }

        Assert.Equal(200, (await SendAsync(200)).Status);
    }

    [Fact]
    public async Task Hanging_requests_leave_slots_for_others_and_the_user_with_the_fewest_is_next()
    {
        using var many = new CloudHosts(new CloudLimits { Concurrency = 4 }, time, static () => true);
        var address = new Uri("http://glance.test/");
        var (greedy, modest) = (many.For("greedy", address), many.For("modest", address));
        foreach (var user in new[] { greedy, modest }) await SendAsync(user, () => Answer(200));
        var hanging = new TaskCompletionSource();
        var held = Enumerable.Range(0, 100).Select(_ => greedy.SendAsync("GET x", async _ =>
        {
            await hanging.Task;
            return Answer(200);
        }, Cancel)).ToArray();
        for (var i = 0; i < 10; i++) Assert.Equal(200, (await SendAsync(modest, () => Answer(200))).Status);
        hanging.SetResult();
        await Task.WhenAll(held);
    }

    private static Task<CloudResponse> SendAsync(CloudHost host, Func<CloudResponse> answer) =>
        host.SendAsync("GET x", _ => ValueTask.FromResult(answer()), Cancel);

    private static CloudResponse Broken() => throw new CloudCallException("GET x: refused", wasSent: false, new IOException());

    private Task<CloudResponse> SendAsync(int status, TimeSpan? retryAfter = null, string call = "GET x") => host.SendAsync(call, _ =>
    {
        sent++;
        return ValueTask.FromResult(Answer(status, retryAfter, call));
    }, Cancel);

    private Task<CloudResponse> FailAsync() => host.SendAsync("GET x", _ =>
    {
        sent++;
        throw new CloudCallException("GET x: refused", wasSent: false, new IOException());
    }, Cancel);

    private static CloudResponse Answer(int status, TimeSpan? retryAfter = null, string call = "GET x") =>
        new(call, status, [], null, retryAfter);
}
