using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Writes <c>meta.k8s.io/v1</c> tables, which <c>kubectl get</c> asks for and prints unchanged.</summary>
internal static class TablePrinter
{
    /// <param name="include">The query parameter includeObject: None, Metadata (the default) or Object.</param>
    public static JsonObject Table(
        ResourceDefinition resource,
        IEnumerable<JsonObject> objects,
        JsonObject metadata,
        DateTimeOffset now,
        string? include,
        bool headers = true) =>
        new()
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = headers ? Json.ArrayOf(resource.Columns.Select(Header)) : null,
            ["rows"] = Json.ArrayOf(objects.Select(json => Row(resource, json, now, include))),
        };

    /// <summary>Only the metadata of the object.</summary>
    public static JsonObject MetadataOnly(JsonObject json) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = json["metadata"]?.DeepClone(),
    };

    private static JsonNode Header(PrinterColumn column) => new JsonObject
    {
        ["name"] = column.Name,
        ["type"] = column.Type,
        ["format"] = column.Format,
        ["description"] = column.Description,
        ["priority"] = column.Priority,
    };

    private static JsonNode Row(ResourceDefinition resource, JsonObject json, DateTimeOffset now, string? include)
    {
        var row = new JsonObject { ["cells"] = Json.ArrayOf(resource.Columns.Select(column => column.Cell(json, now))) };
        row["object"] = include switch
        {
            "None" => null,
            "Object" => json,
            _ => MetadataOnly(json),
        };
        return row;
    }
}
