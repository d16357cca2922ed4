using System.Text.Json.Nodes;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>An API server that knows two tokens, and allows <c>prometheus</c> to get /metrics.</summary>
internal static class ReviewingServer
{
    public static StubHandler Create() => new(request =>
    {
        using var reader = new StreamReader(request.Content!.ReadAsStream());
        var review = JsonNode.Parse(reader.ReadToEnd())!;
        var spec = review["spec"]!;
        review["status"] = (string)review["kind"]! == "TokenReview"
            ? ((string)spec["token"]!).Split("token-of-") is ["", var name]
                ? new JsonObject { ["authenticated"] = true, ["user"] = new JsonObject { ["username"] = name, ["groups"] = new JsonArray("g") } }
                : new JsonObject { ["error"] = "unknown" }
            : new JsonObject
            {
                ["allowed"] = (string?)spec["user"] == "prometheus" && (string?)spec["groups"]![0] == "g"
                    && (string?)spec["nonResourceAttributes"]!["path"] == "/metrics" && (string?)spec["nonResourceAttributes"]!["verb"] == "get",
            };
        return StubHandler.Json(review.ToJsonString());
    });
}
