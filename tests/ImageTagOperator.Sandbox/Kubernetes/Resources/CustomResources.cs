using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Creates the resources that a CustomResourceDefinition declares.</summary>
internal static class CustomResources
{
    /// <summary>Added when a definition is deleted that still has objects.</summary>
    public const string CleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    public static IEnumerable<ResourceDefinition> Read(JsonObject crd)
    {
        var spec = crd["spec"];
        var names = spec.At("names");
        foreach (var version in spec.At("versions") as JsonArray ?? [])
        {
            if (!version.IsTrue("served")) continue;
            var fields = version.At("selectableFields") as JsonArray ?? [];
            var resource = new ResourceDefinition
            {
                Group = spec.Text("group") ?? "",
                Version = version.Text("name") ?? "",
                Plural = names.Text("plural") ?? "",
                Singular = names.Text("singular") ?? "",
                Kind = names.Text("kind") ?? "",
                ListKind = names.Text("listKind") ?? "",
                ShortNames = names.Texts("shortNames"),
                Categories = names.Texts("categories"),
                IsNamespaced = spec.Text("scope") == "Namespaced",
                HasStatus = version.At("subresources", "status") is not null,
                IsCustom = true,
                IsTerminating = crd.At("metadata", "deletionTimestamp") is not null,
                HasGeneration = true,
                AllowsBlindUpdate = false,
                StorageKey = crd.Text("metadata", "name") ?? "",
                Schema = version.At("schema", "openAPIV3Schema") as JsonObject,
                SelectableFields = [.. fields.Select(field => (field.Text("jsonPath") ?? "").TrimStart('.'))],
                Columns = Columns(version.At("additionalPrinterColumns") as JsonArray),
            };
            yield return resource;
        }
    }

    /// <summary>The status of an accepted definition.</summary>
    public static JsonObject Status(JsonObject crd, DateTimeOffset now)
    {
        var names = crd.At("spec", "names")!.AsObject();
        var storage = (crd.At("spec", "versions") as JsonArray ?? []).First(version => version.IsTrue("storage"));
        return new JsonObject
        {
            ["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now)),
            ["acceptedNames"] = names.DeepClone(),
            ["storedVersions"] = new JsonArray(storage.Text("name")),
        };
    }

    public static JsonObject Terminating(DateTimeOffset now) =>
        Condition("Terminating", "InstanceDeletionInProgress", "CustomResource deletion is in progress", now);

    private static JsonObject Condition(string type, string reason, string message, DateTimeOffset now) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = Timestamps.Format(now),
        ["reason"] = reason,
        ["message"] = message,
    };

    private static IReadOnlyList<PrinterColumn> Columns(JsonArray? declared) =>
        declared is null or { Count: 0 }
            ? PrinterColumn.Default
            : [PrinterColumn.ObjectName, .. declared.Select(column => Column(column!))];

    private static PrinterColumn Column(JsonNode column)
    {
        var (type, expression) = (column.Text("type") ?? "string", column.Text("jsonPath") ?? "");
        var path = JsonPath.TryParse(expression);
        return new PrinterColumn(
            column.Text("name") ?? "",
            type,
            (json, now) => Cell(path?.First(json), type, now),
            column.Text("format") ?? "",
            column.Text("description") ?? $"Custom resource definition column (in JSONPath format): {expression}",
            (int)(column.Integer("priority") ?? 0));
    }

    // A value of another type than the declared one leaves the cell empty.
    private static JsonNode? Cell(JsonNode? value, string type, DateTimeOffset now) => (type, Json.TypeOf(value)) switch
    {
        (_, "null") => null,
        ("string", "string") or ("boolean", "boolean") or ("integer", "integer") or ("number", "integer" or "number") => value!.DeepClone(),
        ("string", _) => value.ToSortedText(),
        ("integer", "number") => (long)value!.GetValue<double>(),
        ("date", "string") => HumanDuration.Since(value.Text(), now),
        _ => null,
    };
}
