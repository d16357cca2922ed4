using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox;

/// <summary>One request that a sandbox server received, and the response.</summary>
/// <param name="Number">1, 2, 3... in the order of arrival.</param>
/// <param name="Target">Path and query exactly as they came over the wire: <c>%2e%2e</c> stays <c>%2e%2e</c>.</param>
/// <param name="Body">The request's body, or an empty string.</param>
public sealed record Call(int Number, DateTimeOffset Arrived, string Method, string Target, string? UserAgent, string Body)
{
    /// <summary>0 while the call is running, and when its connection was reset before a response.</summary>
    public int Status { get; internal set; }

    /// <summary>When the response was complete; null while the call is running.</summary>
    public DateTimeOffset? Completed { get; internal set; }

    /// <summary>X-OpenStack-Request-ID; null when the caller sent none.</summary>
    public string? RequestId { get; internal set; }

    public string Path => Target.Split('?', 2)[0];

    /// <summary>POST, PUT, PATCH or DELETE.</summary>
    public bool IsWrite => Method is "POST" or "PUT" or "PATCH" or "DELETE";

    public JsonNode? Json => Body.Length == 0 ? null : JsonNode.Parse(Body);

    public override string ToString() => $"{Method} {Target} -> {(Status == 0 ? "no answer" : Status)}";
}
