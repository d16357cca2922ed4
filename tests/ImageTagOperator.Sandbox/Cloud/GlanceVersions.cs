using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>The list of versions that Glance responds with (300) when the path contains no version that it supports.</summary>
internal static class GlanceVersions
{
    private static readonly string[] Supported = [
        "2.13", "2.12", "2.11", "2.10", "2.9", "2.8", "2.7", "2.6", "2.5", "2.4", "2.3", "2.2", "2.1", "2.0"];

    /// <summary>Whether the first segment of a path selects an API version.</summary>
    public static bool Knows(string segment) => segment is "v2" or "v2.15" || (segment.StartsWith('v') && Supported.Contains(segment[1..]));

    public static JsonObject Write(string url)
    {
        var versions = Supported.Select(version => Version(url, version, "SUPPORTED")).Prepend(Version(url, "2.15", "CURRENT"));
        return new JsonObject { ["versions"] = new JsonArray([.. versions]) };
    }

    private static JsonObject Version(string url, string version, string status) => new()
    {
        ["id"] = $"v{version}",
        ["status"] = status,
        ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = $"{url}/v2/" }),
    };
}
