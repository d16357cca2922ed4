using ImageTagOperator.OpenStack.Http;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

public sealed class RequestGuardTests
{
    private const string Image = "/v2/images/6f2b0d0e-4f1c-4f57-9a0b-2f6f3f6c1c11";

    [Theory]
    [InlineData("POST", "/v3/auth/tokens")]
    [InlineData("POST", "/identity/v3/auth/tokens")]
    [InlineData("GET", "/v2/images")]
    [InlineData("GET", "/image/v2/images")]
    [InlineData("GET", Image)]
    [InlineData("GET", "/image" + Image)]
    [InlineData("PUT", Image + "/tags/golden")]
    [InlineData("DELETE", Image + "/tags/golden")]
    [InlineData("DELETE", "/image" + Image + "/tags/a%20b")]
    [InlineData("PUT", Image + "/tags/%252e%252e")]
    [InlineData("PUT", Image + "/tags/...")]
    [InlineData("PUT", Image + "/tags/file")]
    [InlineData("PUT", "/v2/images/6F2B0D0E-4F1C-4F57-9A0B-2F6F3F6C1C11/tags/x")]
    [InlineData("PUT", "/v1/cloudimages/tags")]
    [InlineData("PUT", "/ims/v1/cloudimages/tags")]
    public void The_requests_of_the_operator_are_allowed(string method, string path) => Assert.True(RequestGuard.Allows(method, path));

    [Theory]
    [InlineData("DELETE", Image)]
    [InlineData("DELETE", Image + "/")]
    [InlineData("DELETE", Image + "/tags")]
    [InlineData("DELETE", Image + "/tags/")]
    [InlineData("DELETE", Image + "/tags/a/b")]
    [InlineData("DELETE", Image + "/tags/a%2Fb")]
    [InlineData("DELETE", Image + "/tags/..%2f")]
    [InlineData("DELETE", Image + "/tags/..")]
    [InlineData("DELETE", Image + "/tags/.")]
    [InlineData("DELETE", Image + "/tags/%2e%2E")]
    [InlineData("DELETE", Image + "/tags/.%2e")]
    [InlineData("DELETE", Image + "/tags/%2E")]
    [InlineData("DELETE", Image + "/tags/golden\n")]
    [InlineData("DELETE", Image + "/members/x")]
    [InlineData("DELETE", "/v2/images")]
    [InlineData("DELETE", "/v2/images/")]
    [InlineData("DELETE", "/v2/images//tags/x")]
    [InlineData("DELETE", "/v2/images/x/tags/y")]
    [InlineData("PUT", Image + "/file")]
    [InlineData("PUT", Image + "/stage")]
    [InlineData("PUT", Image)]
    [InlineData("PUT", Image + "/v1/cloudimages/tags")]
    [InlineData("PUT", "/v1/cloudimages/tags/")]
    [InlineData("PUT", "/v1/cloudimages")]
    [InlineData("DELETE", "/v1/cloudimages/tags")]
    [InlineData("POST", "/v1/cloudimages/tags")]
    [InlineData("GET", "/v1/cloudimages/tags")]
    [InlineData("PATCH", Image)]
    [InlineData("POST", "/v2/images")]
    [InlineData("POST", Image + "/actions/deactivate")]
    [InlineData("POST", Image + "/tags/x")]
    [InlineData("GET", Image + "/file")]
    [InlineData("GET", Image + "/tags/x")]
    [InlineData("GET", "/v2/images/")]
    [InlineData("GET", "/v3/auth/tokens")]
    [InlineData("DELETE", "/v3/auth/tokens")]
    [InlineData("POST", "/v3/users")]
    [InlineData("HEAD", "/v2/images")]
    [InlineData("delete", Image + "/tags/x")]
    public void All_other_requests_are_rejected(string method, string path) => Assert.False(RequestGuard.Allows(method, path));

    /// <summary>The tag in a <see cref="Uri"/> built from it; null when the path is no longer that of a tag.</summary>
    [Theory]
    [InlineData("..", null)]
    [InlineData(".", null)]
    [InlineData("%2e%2e", null)]
    [InlineData("%2E", null)]
    [InlineData("../..", null)]
    [InlineData("a/b", null)]
    [InlineData("x/../..", null)]
    [InlineData("a\\b", null)]
    [InlineData("..\\", null)]
    [InlineData("", null)]
    [InlineData("?", null)]
    [InlineData("#", null)]
    [InlineData("a", "a")]
    [InlineData("...", "...")]
    public void A_tag_put_into_a_url_as_it_is(string tag, string? sent) => Check(tag, sent);

    [Theory]
    [InlineData("..", null)]
    [InlineData(".", null)]
    [InlineData("a/b", null)]
    [InlineData("../..", null)]
    [InlineData("", null)]
    [InlineData("%2e%2e", "%252e%252e")]
    [InlineData("a\\b", "a%5Cb")]
    [InlineData("a b", "a%20b")]
    [InlineData("?", "%3F")]
    [InlineData("#", "%23")]
    [InlineData("a;b+c", "a%3Bb%2Bc")]
    public void A_tag_put_into_a_url_percent_encoded(string tag, string? sent) => Check(Uri.EscapeDataString(tag), sent);

    [Fact]
    public async Task A_rejected_request_is_never_sent()
    {
        using var client = new HttpClient(new RequestGuard(new Unreachable()));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => client.DeleteAsync(new Uri($"http://glance{Image}/tags/.."), TestContext.Current.CancellationToken));
        Assert.Contains($"DELETE {Image}/ ", error.Message, StringComparison.Ordinal);
    }

    private static void Check(string part, string? sent)
    {
        var path = new Uri($"http://glance{Image}/tags/{part}").AbsolutePath;
        foreach (var method in new[] { "PUT", "DELETE" }) Assert.Equal(sent is not null, RequestGuard.Allows(method, path));
        if (sent is not null) Assert.Equal($"{Image}/tags/{sent}", path);
    }

    private sealed class Unreachable : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException("it was handed on");
    }
}
