using System.Globalization;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The rules for updates: immutable fields and required ones.</summary>
internal static class UpdateRules
{
    public static void CheckVersion(ResourceDefinition resource, StoredObject stored, JsonObject json)
    {
        var sent = json.Text("metadata", "resourceVersion");
        if (string.IsNullOrEmpty(sent) || sent == "0")
        {
            if (resource.AllowsBlindUpdate) return;
            // This error names the resource; all others name the kind.
            var error = FieldError.Invalid("metadata.resourceVersion", 0, "must be specified for an update");
            throw Refusals.Invalid(resource.Group, resource.Plural, stored.Name, [error]);
        }

        if (!ulong.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw Refusals.Internal($"strconv.ParseUint: parsing {FieldError.Quote(sent)}: invalid syntax");
        if (version != (ulong)stored.Version) throw Refusals.Conflict(resource, stored.Name, Refusals.StaleObject);
    }

    /// <summary>An update of the status. Everything else stays unchanged.</summary>
    public static JsonObject WithStatus(JsonObject before, JsonObject json)
    {
        var after = before.Copy();
        if (json.Remove("status", out var status)) after["status"] = status;
        else after.Remove("status");
        return after;
    }

    /// <summary>An update of everything but the status. Clients cannot change the server's own metadata. The generation counts changes
    /// outside of metadata and status.</summary>
    public static JsonObject WithoutStatus(ResourceDefinition resource, JsonObject before, JsonObject json)
    {
        var (metadata, old) = (json.Child("metadata"), before.Child("metadata"));
        foreach (var name in (string[])["creationTimestamp", "generation"])
        {
            metadata.Remove(name);
            if (old[name] is { } value) metadata[name] = value.DeepClone();
        }

        // An update can neither undo a deletion nor start one: without a deletion, the validation rejects the field.
        foreach (var name in (string[])["deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            if (old[name] is { } value) metadata[name] = value.DeepClone();
        }

        if (string.IsNullOrEmpty(metadata.Text("uid"))) metadata["uid"] = old["uid"]!.DeepClone();
        if (resource.HasStatus)
        {
            json.Remove("status");
            if (before["status"] is { } status) json["status"] = status.DeepClone();
        }

        resource.Rules.Prepare(json, before);
        if (resource.HasGeneration && !JsonNode.DeepEquals(Content(json), Content(before)))
            metadata["generation"] = (old.Integer("generation") ?? 0) + 1;
        return json;
    }

    private static JsonObject Content(JsonObject json)
    {
        var content = json.Copy();
        content.Remove("metadata");
        return content;
    }

    public static IEnumerable<FieldError> SchemaErrors(ResourceDefinition resource, JsonObject json) =>
        resource is { IsCustom: true, Schema: { } schema }
            ? SchemaFindings.Of(schema, json).Concat(SchemaFindings.Duplicates(schema, json))
            : [];

    /// <summary>Only the status is validated in an update of the status.</summary>
    public static IEnumerable<FieldError> StatusErrors(ResourceDefinition resource, JsonObject json, JsonObject before)
    {
        if (resource is not { IsCustom: true, Schema: { } schema }) return [];
        if (schema.At("properties", "status") is not JsonObject statusSchema) return [];
        var errors = json["status"] is { } status ? SchemaFindings.Of(statusSchema, status, "status") : [];
        return SchemaFindings.Duplicates(schema, before).Any() ? errors : errors.Concat(SchemaFindings.Duplicates(schema, json));
    }
}
