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

    private static AccessReviewer Reviewer(StubHandler server, TimeProvider time) => new(
        new KubernetesClient(new() { Server = new Uri("http://stub") }, server, WidgetJsonContext.Default, "t/1", time, () => 1), time);
}
