using ImageTagOperator.Kubernetes.Authorization;
using ImageTagOperator.Kubernetes.Client;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

public sealed class AccessReviewerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_reviewed_and_its_user_has_the_access_that_the_API_server_grants()
    {
        var server = ReviewingServer.Create();
        using var reviewer = Reviewer(server, TimeProvider.System);
        Assert.Equal(Access.Allowed, await reviewer.ReviewAsync("token-of-prometheus", "/metrics", Cancel));
        Assert.Equal(Access.Forbidden, await reviewer.ReviewAsync("token-of-a-stranger", "/metrics", Cancel));
        Assert.Equal(Access.Forbidden, await reviewer.ReviewAsync("token-of-prometheus", "/other", Cancel));
        Assert.Equal(Access.Unauthenticated, await reviewer.ReviewAsync("made-up", "/metrics", Cancel));
        const string Who = "POST /apis/authentication.k8s.io/v1/tokenreviews";
        const string May = "POST /apis/authorization.k8s.io/v1/subjectaccessreviews";
        Assert.Equal([Who, May, Who, May, Who, May, Who], server.Requests);
    }

    [Fact]
    public async Task A_review_is_cached_for_one_minute()
    {
        var server = ReviewingServer.Create();
        var time = new FakeTimeProvider();
        using var reviewer = Reviewer(server, time);
        foreach (var token in new[] { "token-of-prometheus", "made-up" }) await reviewer.ReviewAsync(token, "/metrics", Cancel);
        var asked = server.Requests.Count;
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(Access.Allowed, await reviewer.ReviewAsync("token-of-prometheus", "/metrics", Cancel));
        Assert.Equal(Access.Unauthenticated, await reviewer.ReviewAsync("made-up", "/metrics", Cancel));
        Assert.Equal(asked, server.Requests.Count);
        time.Advance(TimeSpan.FromSeconds(1));
        await reviewer.ReviewAsync("made-up", "/metrics", Cancel);
        Assert.Equal(asked + 1, server.Requests.Count);
    }

    [Fact]
    public async Task At_most_128_tokens_are_cached()
    {
        var server = ReviewingServer.Create();
        using var reviewer = Reviewer(server, new FakeTimeProvider());
        for (var i = 0; i <= 128; i++) await reviewer.ReviewAsync($"made-up-{i}", "/metrics", Cancel);
        await reviewer.ReviewAsync("made-up-128", "/metrics", Cancel);
        Assert.Equal(129, server.Requests.Count);
        await reviewer.ReviewAsync("made-up-0", "/metrics", Cancel);
        Assert.Equal(130, server.Requests.Count);
    }

    [Fact]
    public async Task A_slow_review_blocks_no_other_review_and_is_shared_by_its_waiters()
    {
        var answers = ReviewingServer.Create();
        var (held, isOpen) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var server = new HeldHandler(answers, async request =>
        {
            if (!(await request.Content!.ReadAsStringAsync(Cancel)).Contains("made-up-slow", StringComparison.Ordinal)) return;
            held.TrySetResult();
            await isOpen.Task;
        });
        using var reviewer = Reviewer(server, TimeProvider.System);
        var slow = reviewer.ReviewAsync("made-up-slow", "/metrics", Cancel);
        await held.Task.WaitAsync(TimeSpan.FromMinutes(2), Cancel);
        var same = Enumerable.Range(0, 10).Select(_ => reviewer.ReviewAsync("made-up-slow", "/metrics", Cancel)).ToArray();
        Assert.Equal(Access.Allowed,
            await reviewer.ReviewAsync("token-of-prometheus", "/metrics", Cancel).WaitAsync(TimeSpan.FromMinutes(2), Cancel));
        isOpen.SetResult();
        Assert.All(await Task.WhenAll(same.Append(slow)), access => Assert.Equal(Access.Unauthenticated, access));
        Assert.Equal(3, answers.Requests.Count);
    }

    [Fact]
    public async Task At_most_four_reviews_run_at_once()
    {
        var answers = ReviewingServer.Create();
        var (running, most, isOpen) = (0, 0, new TaskCompletionSource());
        var four = new TaskCompletionSource();
        using var server = new HeldHandler(answers, async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            if (most == 4) four.TrySetResult();
            await isOpen.Task;
            Interlocked.Decrement(ref running);
        });
        using var reviewer = Reviewer(server, TimeProvider.System);
        var reviews = Enumerable.Range(0, 20).Select(number => reviewer.ReviewAsync($"made-up-{number}", "/metrics", Cancel)).ToArray();
        await four.Task.WaitAsync(TimeSpan.FromMinutes(2), Cancel);
        isOpen.SetResult();
        await Task.WhenAll(reviews);
        Assert.Equal(4, most);
    }

    [Fact]
    public async Task A_failed_review_is_not_cached()
    {
        var answers = ReviewingServer.Create();
        var failures = 1;
        using var server = new HeldHandler(answers, _ =>
            Interlocked.Decrement(ref failures) < 0 ? Task.CompletedTask : throw new HttpRequestException("refused"));
        using var reviewer = Reviewer(server, TimeProvider.System);
        await Assert.ThrowsAsync<HttpRequestException>(() => reviewer.ReviewAsync("token-of-prometheus", "/metrics", Cancel));
        Assert.Equal(Access.Allowed, await reviewer.ReviewAsync("token-of-prometheus", "/metrics", Cancel));
    }

    private static AccessReviewer Reviewer(HttpMessageHandler server, TimeProvider time) => new(
        new KubernetesClient(new() { Server = new Uri("http://stub") }, server, WidgetJsonContext.Default, "t/1", time, () => 1), time);

    /// <summary>Lets each request wait before another handler answers it.</summary>
    private sealed class HeldHandler(HttpMessageHandler inner, Func<HttpRequestMessage, Task> held) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await held(request);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
