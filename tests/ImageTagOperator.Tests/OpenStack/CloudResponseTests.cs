using System.Text;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

public sealed class CloudResponseTests
{
    [Theory]
    [InlineData(
        """{"message": "Image tag limit exceeded.<br /><br />\n\n\n", "code": "413 Request Entity Too Large", "title": "Request Entity Too Large"}""", 413, "Image tag limit exceeded.")]
    [InlineData("""{"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}}""",
        401, "The request you have made requires authentication.")]
    [InlineData("""{"error": {"code": 404, "message": "Not Found", "details": "No image found with ID x"}}""", 404,
        "Not Found: No image found with ID x")]
    public void The_message_of_the_cloud_is_found_in_every_format(string body, int status, string expected) =>
        Assert.Equal($"GET http://glance/v2/images -> {status}: {expected}", Response(status, body).Describe());

    [Theory]
    [InlineData(
        "<html>\n <head>\n  <title>403 Forbidden</title>\n </head>\n <body>\n  <h1>403 Forbidden</h1>\n  Access was denied.<br /><br />\n "
        + "</body>\n</html>", "text/html", " (text/html)")]
    [InlineData("500 Internal\r\n\tServer Error\n", "text/plain", " (text/plain)")]
    [InlineData("root:x:0:0", null, " (no JSON)")]
    [InlineData("SSH-2.0-OpenSSH", "", " (no JSON)")]
    [InlineData("""{"message": "cut of""", "application/json", " (application/json)")]
    [InlineData("page", "text/a-type-whose-name-is-longer-than-any-that-a-server-has-a-reason-to-use", " (no JSON)")]
    public void Only_status_and_content_type_are_reported_for_a_response_that_is_not_JSON(string body, string? type, string expected) =>
        Assert.Equal("GET http://glance/v2/images -> 500" + expected, (Response(500, body) with { ContentType = type }).Describe());

    [Theory]
    [InlineData("""{"error": {"code": 401, "message": "The request you have made requires authentication."}}""",
        ": The request you have made requires authentication.")]
    [InlineData("""{"message": "hidden", "details": "hidden"}""", "")]
    [InlineData("""{"error": {"details": "hidden", "title": "hidden"}}""", "")]
    [InlineData("""{"error": "hidden"}""", "")]
    [InlineData("hidden", " (no JSON)")]
    public void Only_the_message_of_Keystone_is_reported_for_a_login_response(string body, string expected) =>
        Assert.Equal("POST http://keystone/v3/auth/tokens -> 401" + expected,
            (Response(401, body) with { Call = "POST http://keystone/v3/auth/tokens" }).Describe());

    [Theory]
    [InlineData("s3cret-päss/wört&", "s3cret-päss/wört&")]
    [InlineData("s3cret-päss/wört&", "s3cret-p%C3%A4ss%2Fw%C3%B6rt%26")]
    [InlineData("s3cret-päss/wört&", "s3cret-p&#228;ss/w&#246;rt&amp;")]
    [InlineData("s3cret-päss/wört&", "czNjcmV0LXDDpHNzL3fDtnJ0Jg==")]
    [InlineData("abc", "abc")]
    public void A_secret_that_a_cloud_repeats_is_removed(string secret, string form)
    {
        var secrets = new KnownSecrets(CloudsYaml.Parse(
            $"clouds: {{c: {{auth: {{auth_url: 'http://k/v3', username: u, password: '{secret}', user_domain_id: d, project_id: p}}}}}}",
                "c"));
        var body = System.Text.Json.JsonSerializer.Serialize(
            new Dictionary<string, string> { ["message"] = $"You sent {form}. {new string('x', 1000)}" });
        var text = (Response(400, body) with { Secrets = secrets }).Describe();
        Assert.DoesNotContain(form, text, StringComparison.Ordinal);
        Assert.Contains("[redacted]", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"error": "text"}""")]
    [InlineData("""{"message": 1}""")]
    [InlineData("""{"error": {"message": null}}""")]
    public void Only_the_status_is_reported_for_a_response_without_a_message(string body) =>
        Assert.Equal("GET http://glance/v2/images -> 500", Response(500, body).Describe());

    [Fact]
    public void A_long_message_is_cut()
    {
        var text = Response(500, $$"""{"message": "{{new string('x', 1000)}}"}""").Describe();
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
    public void A_status_determines_who_can_fix_it(int status, CloudErrorKind expected)
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
    [InlineData("""{"images": [""")]
    public void A_page_that_is_not_the_documented_JSON_is_transient(string body)
    {
        var error = Assert.Throws<CloudException>(() => Response(200, body).Read(CloudJson.Default.ImagePage));
        Assert.Equal(CloudErrorKind.Transient, error.Kind);
        Assert.StartsWith(
            "GET http://glance/v2/images -> 200: the answer is not what the API documents", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("welcome", error.Message, StringComparison.Ordinal);
    }

    private static CloudResponse Response(int status, string body) =>
        new("GET http://glance/v2/images", status, Encoding.UTF8.GetBytes(body), SubjectToken: null, RetryAfter: null);
}
