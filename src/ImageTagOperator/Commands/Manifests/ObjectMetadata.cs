using System.Text.Json.Nodes;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>The schema of <c>metadata</c> (Kubernetes API reference, meta/v1 ObjectMeta) for the fields that people write.</summary>
internal static class ObjectMetadata
{
    private const string Label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

    public static JsonObject Schema()
    {
        var properties = new JsonObject
        {
            ["name"] = Name($@"^{Label}(\.{Label})*$", 253),
            ["namespace"] = Name($"^{Label}$", 63),
            ["labels"] = Texts(),
            ["annotations"] = Texts(),
        };
        string[] others = ["generateName", "uid", "resourceVersion", "selfLink"];
        foreach (var name in others) properties[name] = new JsonObject { ["type"] = "string" };
        // Tools that generate manifests leave a null creationTimestamp.
        foreach (var name in new[] { "creationTimestamp", "deletionTimestamp" }) properties[
            name] = new JsonObject { ["type"] = "string", ["format"] = "date-time", ["nullable"] = true };
        foreach (var name in new[] { "generation", "deletionGracePeriodSeconds" }) properties[
            name] = new JsonObject { ["type"] = "integer" };
        properties["finalizers"] = List(new JsonObject { ["type"] = "string" });
        foreach (var name in new[] { "ownerReferences", "managedFields" }) properties[name] = List(new JsonObject { ["type"] = "object" });
        return new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = new JsonArray("name") };
    }

    /// <summary>What a name is made of, for people: a pattern says it to programs. Null for other fields.</summary>
    public static string? Characters(string field) => field switch
    {
        "metadata.name" => "lower case letters, digits, '-' and '.'",
        "metadata.namespace" => "lower case letters, digits and '-'",
        _ => null,
    };

    private static JsonObject Name(string pattern, int longest) =>
        new() { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = longest, ["pattern"] = pattern };

    private static JsonObject Texts() => new() { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" } };

    private static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };
}
