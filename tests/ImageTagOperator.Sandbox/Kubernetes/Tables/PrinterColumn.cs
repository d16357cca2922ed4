using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>A column of the tables that <c>kubectl get</c> shows.</summary>
/// <param name="Priority">0 is always shown, higher ones only with <c>-o wide</c>.</param>
/// <param name="Cell">Computes the cell from the object and the current time.</param>
internal sealed record PrinterColumn(
    string Name,
    string Type,
    Func<JsonObject, DateTimeOffset, JsonNode?> Cell,
    string Format = "",
    string Description = "",
    int Priority = 0)
{
    public static PrinterColumn ObjectName { get; } =
        new("Name", "string", (json, _) => json.Text("metadata", "name"), "name", "Name must be unique within a namespace.");

    public static PrinterColumn Age { get; } = new(
        "Age",
        "date",
        (json, now) => HumanDuration.Since(json.Text("metadata", "creationTimestamp"), now),
        Description: "Custom resource definition column (in JSONPath format): .metadata.creationTimestamp");

    /// <summary>The age column of the built-in kinds.</summary>
    public static PrinterColumn PlainAge { get; } = Age with { Type = "string", Description = "" };

    public static IReadOnlyList<PrinterColumn> Default { get; } = [ObjectName, Age];

    public static PrinterColumn Text(string name, params string[] path) =>
        new(name, "string", (json, _) => json.At(path)?.DeepClone() ?? "");

    public static PrinterColumn Count(string name, params string[] members) => new(
        name,
        "string",
        (json, _) => members.Sum(member => json[member] switch { JsonObject map => map.Count, JsonArray array => array.Count, _ => 0 }));
}
