using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The start of the next page of a list, and the version of the state that it belongs to.</summary>
/// <param name="Version">-1 for the current state, after the token of an older one expired.</param>
internal sealed record ContinueToken(long Version, string After)
{
    public const string Expired =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue " +
        "parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided " +
        "token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was " +
        "returned and now may show up in the list.";

    public static ContinueToken Parse(string text)
    {
        try
        {
            var json = JsonNode.Parse(Base64Url.DecodeFromChars(text));
            if (json.Integer("rv") is { } version && json.Text("start") is { } start) return new ContinueToken(version, start);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            // Rejected below, like an incomplete token.
        }

        throw Refusals.BadRequest("invalid continue token: continue key is not valid");
    }

    public override string ToString() =>
        Base64Url.EncodeToString(new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Version, ["start"] = After }.ToUtf8());
}
