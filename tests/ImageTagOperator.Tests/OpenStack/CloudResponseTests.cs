using System.Text;
using ImageTagOperator.OpenStack;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

public sealed class CloudResponseTests
{
    [Theory]
    [InlineData("""{"message": "Image tag limit exceeded.<br /><br />\n\n\n", "code": "413 Request Entity Too Large", "title": "Request Entity Too Large"}""", 413, "Image tag limit exceeded.")]
    [InlineData("""{"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}}""", 401, "The request you have made requires authentication.")]
    [InlineData("""{"error": {"code": 404, "message": "Not Found", "details": "No image found with ID x"}}""", 404, "Not Found: No image found with ID x")]
    [InlineData("<html>\n <head>\n  <title>403 Forbidden</title>\n </head>\n <body>\n  <h1>403 Forbidden</h1>\n  Access was denied.<br /><br />\n </body>\n</html>", 403, "403 Forbidden Access was denied.")]
    [InlineData("<style>p { color: red }</style><script>alert(1)</script><p>Bad gateway</p>", 502, "Bad gateway")]
    [InlineData("500 Internal\r\n\tServer Error\n", 500, "500 Internal Server Error")]
    public void The_clouds_own_words_come_out_of_every_form(string body, int status, string expected) =>
        Assert.Equal($"GET http://glance/v2/images -> {status}: {expected}", Response(status, body).Describe());

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"error": "text"}""")]
    [InlineData("""{"message": 1}""")]
    [InlineData("""{"error": {"message": null}}""")]
    public void Without_words_the_status_stands_alone(string body) =>
        Assert.Equal("GET http://glance/v2/images -> 500", Response(500, body).Describe());

    [Fact]
    public void A_long_message_is_cut()
    {
        var text = Response(500, new string('x', 1000)).Describe();
        Assert.EndsWith("xxx...", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 300, 360);
    }

    [Theory]
    [InlineData(400, CloudErrorKind.Rejected)]
    [InlineData(401, CloudErrorKind.Transient)]
    [InlineData(403, CloudErrorKind.Forbidden)]
    [InlineData(404, CloudErrorKind.Rejected)]
    [InlineData(408, CloudErrorKind.Transient)]
    [InlineData(409, CloudErrorKind.Transient)]
    [InlineData(414, CloudErrorKind.Rejected)]
    [InlineData(429, CloudErrorKind.Transient)]
    [InlineData(500, CloudErrorKind.Transient)]
    [InlineData(503, CloudErrorKind.Transient)]
    public void A_status_says_who_can_mend_it(int status, CloudErrorKind expected)
    {
        var error = (Response(status, "") with { RetryAfter = TimeSpan.FromSeconds(7) }).ToException();
        Assert.Equal((expected, TimeSpan.FromSeconds(7)), (error.Kind, error.RetryAfter));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>welcome</html>")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"images": [{"id": "x"}]}""")]
    [InlineData("""{"images": [""")]
    public void A_page_that_is_not_the_documented_JSON_is_transient(string body)
    {
        var error = Assert.Throws<CloudException>(() => Response(200, body).Read(CloudJson.Default.ImagePage));
        Assert.Equal(CloudErrorKind.Transient, error.Kind);
        Assert.StartsWith("GET http://glance/v2/images -> 200: the answer is not what the API documents", error.Message, StringComparison.Ordinal);
    }

    private static CloudResponse Response(int status, string body) =>
        new("GET http://glance/v2/images", status, Encoding.UTF8.GetBytes(body), SubjectToken: null, RetryAfter: null);
}
