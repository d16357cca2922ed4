using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The columns of <c>kubectl get events</c>, for both forms of an event.</summary>
internal static class EventColumns
{
    public static IReadOnlyList<PrinterColumn> All { get; } =
    [
        new("Last Seen", "string", (json, now) => HumanDuration.Since(LastSeen(json), now)),
        new("Type", "string", (json, _) => json.Text("type") ?? ""),
        new("Reason", "string", (json, _) => json.Text("reason") ?? ""),
        new("Object", "string", (json, _) => Target(json)),
        new("Subobject", "string", (json, _) => About(json).Text("fieldPath") ?? "", Priority: 1),
        new("Source", "string", (json, _) => Source(json), Priority: 1),
        new("Message", "string", (json, _) => (json.Text("message") ?? json.Text("note") ?? "").Trim()),
        new("First Seen", "string", (json, now) => HumanDuration.Since(FirstSeen(json), now), Priority: 1),
        new("Count", "string", (json, _) => Count(json), Priority: 1),
        new("Name", "string", (json, _) => json.Text("metadata", "name"), Format: "name", Priority: 1),
    ];

    private static JsonNode? Old(JsonObject json, string core, string @new) => json[core] ?? json[@new];

    // In the new form, an event that occurred once has no count.
    private static long Count(JsonObject json) =>
        json.Integer("series", "count") ?? Old(json, "count", "deprecatedCount").Integer() ?? 1;

    private static JsonNode? About(JsonObject json) => Old(json, "involvedObject", "regarding");

    private static string? FirstSeen(JsonObject json) =>
        Old(json, "firstTimestamp", "deprecatedFirstTimestamp").Text() ?? json.Text("eventTime");

    private static string? LastSeen(JsonObject json) =>
        json.Text("series", "lastObservedTime") ?? Old(json, "lastTimestamp", "deprecatedLastTimestamp").Text() ?? FirstSeen(json);

    private static string Target(JsonObject json)
    {
        var kind = About(json).Text("kind") ?? "";
#pragma warning disable CA1308 // kubectl shows kinds in lower case
        return $"{kind.ToLowerInvariant()}/{About(json).Text("name")}";
#pragma warning restore CA1308
    }

    private static string Source(JsonObject json)
    {
        var source = Old(json, "source", "deprecatedSource");
        var (component, instance) = (source.Text("component"), source.Text("host"));
        if (string.IsNullOrEmpty(component))
        {
            component = json.Text("reportingComponent") ?? json.Text("reportingController");
            instance = json.Text("reportingInstance");
        }

        return string.IsNullOrEmpty(instance) ? component ?? "" : $"{component}, {instance}";
    }
}
