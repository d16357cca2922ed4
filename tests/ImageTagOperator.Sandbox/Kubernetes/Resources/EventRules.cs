using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Events, of which <c>v1</c> and <c>events.k8s.io/v1</c> are two forms. They are stored as <c>v1</c>.
/// <paramref name="strict"/> is the form with the rules for new events: everything named, and only the series may change.</summary>
internal sealed class EventRules(bool strict) : ResourceRules
{
    // The field name in v1, and the one in events.k8s.io/v1.
    private static readonly (string Core, string New)[] Renamed =
    [
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("reportingComponent", "reportingController"),
        ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
    ];

    private static readonly string[] Immutable =
    [
        "involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "type", "eventTime", "action",
        "related", "reportingComponent", "reportingInstance",
    ];

    public override void Convert(JsonObject json, ResourceDefinition resource)
    {
        var toCore = resource.Group.Length == 0;
        json["apiVersion"] = resource.ApiVersion;
        foreach (var (core, @new) in Renamed)
        {
            var (from, to) = toCore ? (@new, core) : (core, @new);
            if (json.Remove(from, out var value)) json[to] = value;
        }

        // In both forms, the fields of the other form are present and empty.
        if (toCore)
        {
            FillIn(json);
            return;
        }

        foreach (var name in (string[])["reportingController", "reportingInstance"])
        {
            if (json.Text(name) is "") json.Remove(name);
        }
    }

    public override IEnumerable<FieldError> Validate(JsonObject after, JsonObject? before)
    {
        foreach (var error in ValidateCommon(after)) yield return error;
        if (!strict) yield break;
        if (before is null)
        {
            if (Text(after, "eventTime").Length == 0) yield return FieldError.Required("eventTime");
            if (Text(after, "type") is not ("Normal" or "Warning"))
                yield return FieldError.Invalid("type", "", $"has invalid value: {Text(after, "type")}");
            foreach (var old in (string[])["firstTimestamp", "lastTimestamp", "count", "source"])
            {
                if (after[old] is not (null or JsonObject { Count: 0 })) yield return FieldError.Invalid(old, "", "needs to be unset");
            }
        }
        else
        {
            foreach (var name in Immutable)
            {
                if (JsonNode.DeepEquals(after[name], before[name])) continue;
                var field = name == "reportingComponent" ? "reportingController" : name;
                yield return FieldError.Invalid(field, after[name], "field is immutable");
            }
        }

        if (after["series"] is null || JsonNode.DeepEquals(after["series"], before?["series"])) yield break;
        if (after.Integer("series", "count") is null or < 2) yield return FieldError.Invalid("series.count", "", "should be at least 2");
        if (after.Text("series", "lastObservedTime") is null) yield return FieldError.Required("series.lastObservedTime");
    }

    private static void FillIn(JsonObject json)
    {
        json["source"] ??= new JsonObject();
        foreach (var name in (string[])["firstTimestamp", "lastTimestamp", "eventTime"]) json.TryAdd(name, null);
        foreach (var name in (string[])["reportingComponent", "reportingInstance"]) json.TryAdd(name, "");
    }

    private static IEnumerable<FieldError> ValidateCommon(JsonObject json)
    {
        var ns = json.Text("metadata", "namespace") ?? "";
        var about = json.Text("involvedObject", "namespace") ?? "";
        var isNew = Text(json, "eventTime").Length > 0;
        // An event about a cluster-scoped object is in default; new events may refer to an object in any namespace.
        var fits = about.Length == 0 ? ns is "default" || (isNew && ns is "kube-system") : isNew || about == ns;
        if (!fits) yield return FieldError.Invalid("involvedObject.namespace", about, "does not match event.namespace");
        if (!isNew) yield break;
        if (Text(json, "reportingComponent").Length == 0) yield return FieldError.Required("reportingController");
        if (!Names.IsQualified(Text(json, "reportingComponent")))
            yield return FieldError.Invalid("reportingController", Text(json, "reportingComponent"), Names.QualifiedRule);
        foreach (var (name, limit) in ((string, int)[])[("reportingInstance", 128), ("action", 128), ("reason", 128)])
        {
            if (Text(json, name).Length == 0) yield return FieldError.Required(name);
            if (Text(json, name).Length > limit) yield return FieldError.Invalid(name, "", $"can have at most {limit} characters");
        }

        if (Text(json, "message").Length > 1024) yield return FieldError.Invalid("message", "", "can have at most 1024 characters");
    }

    private static string Text(JsonObject json, string name) => json.Text(name) ?? "";
}
