using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Schemas of the built-in kinds, deep enough to find unknown fields and wrong types.</summary>
internal static class BuiltInSchemas
{
    public static JsonObject Namespace { get; } = Root(
        "Namespace provides a scope for Names.",
        ("spec", Map("The behavior of the Namespace.", ("finalizers", Array(Text())))),
        ("status", Map("The current status of a Namespace.", ("phase", Text()), ("conditions", Array(Any())))));

    public static JsonObject Secret { get; } = Root(
        "Secret holds secret data of a certain type.",
        ("data", MapOf(Text(), "The secret data, base64 encoded.")),
        ("stringData", MapOf(Text(), "Secret data that need not be encoded; write only.")),
        ("type", Text("Facilitates programmatic handling of secret data.")),
        ("immutable", Boolean("When true, data cannot be updated.")));

    public static JsonObject ConfigMap { get; } = Root(
        "ConfigMap holds configuration data for pods to consume.",
        ("data", MapOf(Text(), "The configuration data.")),
        ("binaryData", MapOf(Text(), "Configuration data that is not UTF-8, base64 encoded.")),
        ("immutable", Boolean("When true, data cannot be updated.")));

    public static JsonObject ServiceAccount { get; } = Root(
        "ServiceAccount binds together a name, a principal and a set of secrets.",
        ("secrets", Array(Reference())),
        ("imagePullSecrets", Array(Reference())),
        ("automountServiceAccountToken", Boolean("Whether pods get an API token by default.")));

    public static JsonObject Lease { get; } = Root(
        "Lease defines a lease concept.",
        ("spec", Map(
            "The specification of the Lease.",
            ("holderIdentity", Text("The identity of the holder of a current lease.")),
            ("leaseDurationSeconds", Integer("How long candidates must wait before they force acquisition.")),
            ("acquireTime", MicroTime("When the current lease was acquired.")),
            ("renewTime", MicroTime("When the current holder last updated the lease.")),
            ("leaseTransitions", Integer("The number of transitions between holders.")),
            ("strategy", Text("How the holder of a coordinated election is chosen.")),
            ("preferredHolder", Text("The holder that should take over.")))));

    public static JsonObject CoreEvent { get; } = Root(
        "Event is a report of an event somewhere in the cluster.",
        [
            ("involvedObject", Reference()), ("message", Text()), ("reportingComponent", Text()), ("source", Source()),
            ("firstTimestamp", Time()), ("lastTimestamp", Time()), ("count", Integer()), .. EventFields(),
        ]);

    public static JsonObject Event { get; } = Root(
        "Event is a report of an event somewhere in the cluster.",
        [
            ("regarding", Reference()), ("note", Text()), ("reportingController", Text()), ("deprecatedSource", Source()),
            ("deprecatedFirstTimestamp", Time()), ("deprecatedLastTimestamp", Time()), ("deprecatedCount", Integer()),
            .. EventFields(),
        ]);

    public static JsonObject CustomResourceDefinition { get; } = Root(
        "CustomResourceDefinition represents a resource that should be exposed on the API server.",
        ("spec", Map(
            "How the user wants the resources to appear.",
            ("group", Text()), ("scope", Text()), ("preserveUnknownFields", Boolean()), ("conversion", Any()),
            ("names", Map(
                "",
                ("plural", Text()), ("singular", Text()), ("kind", Text()), ("listKind", Text()),
                ("shortNames", Array(Text())), ("categories", Array(Text())))),
            ("versions", Array(Map(
                "",
                ("name", Text()), ("served", Boolean()), ("storage", Boolean()), ("deprecated", Boolean()), ("deprecationWarning", Text()),
                ("schema", Any()), ("subresources", Any()), ("additionalPrinterColumns", Array(Any())),
                ("selectableFields", Array(Any()))))))),
        ("status", Any()));

    private static (string, JsonObject)[] EventFields() =>
    [
        ("eventTime", MicroTime()), ("action", Text()), ("reason", Text()), ("type", Text()), ("related", Reference()),
        ("reportingInstance", Text()), ("series", Map("", ("count", Integer()), ("lastObservedTime", MicroTime()))),
    ];

    public static JsonObject ObjectMeta() => Map(
        "Standard object's metadata.",
        ("name", Text("Unique within a namespace. Cannot be updated.")),
        ("generateName", Text("A prefix from which a unique name is made, if name is empty.")),
        ("namespace", Text("The space within which each name must be unique.")),
        ("labels", MapOf(Text(), "Keys and values that can be used to organize and select objects.")),
        ("annotations", MapOf(Text(), "Unstructured data stored with the object by external tools.")),
        ("finalizers", Array(Text())),
        ("ownerReferences", Array(Map(
            "",
            ("apiVersion", Text()), ("kind", Text()), ("name", Text()), ("uid", Text()), ("controller", Boolean()),
            ("blockOwnerDeletion", Boolean())))),
        ("uid", Text("The unique in time and space value for this object.")),
        ("resourceVersion", Text("Changes whenever the object changes.")),
        ("generation", Integer("A sequence number of the desired state.")),
        ("creationTimestamp", Time("When the object was created.")),
        ("deletionTimestamp", Time("When the object was asked to be deleted.")),
        ("deletionGracePeriodSeconds", Integer()),
        ("selfLink", Text()),
        ("managedFields", Array(Any())));

    private static JsonObject Root(string description, params ReadOnlySpan<(string, JsonObject)> properties) => Map(
        description,
        [
            ("apiVersion", Text("The versioned schema of this representation of an object.")),
            ("kind", Text("The REST resource that this object represents.")),
            ("metadata", ObjectMeta()),
            .. properties,
        ]);

    private static JsonObject Map(string description, params ReadOnlySpan<(string Name, JsonObject Schema)> properties)
    {
        var members = new JsonObject();
        foreach (var (name, schema) in properties) members[name] = schema;
        return new JsonObject { ["description"] = description, ["type"] = "object", ["properties"] = members };
    }

    private static JsonObject MapOf(JsonObject values, string description) =>
        new() { ["description"] = description, ["type"] = "object", ["additionalProperties"] = values };

    private static JsonObject Array(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    private static JsonObject Text(string description = "") => new() { ["description"] = description, ["type"] = "string" };

    private static JsonObject Boolean(string description = "") => new() { ["description"] = description, ["type"] = "boolean" };

    private static JsonObject Integer(string description = "") =>
        new() { ["description"] = description, ["type"] = "integer", ["format"] = "int64" };

    private static JsonObject Time(string description = "") =>
        new() { ["description"] = description, ["type"] = "string", ["format"] = "date-time" };

    /// <summary>With exactly six fractional digits: a server rejects any other number of them.</summary>
    private static JsonObject MicroTime(string description = "") =>
        new() { ["description"] = description, ["type"] = "string", ["format"] = "date-time", ["pattern"] = "[.][0-9]{6}[Z+-]" };

    private static JsonObject Any() => new() { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };

    private static JsonObject Source() => Map("", ("component", Text()), ("host", Text()));

    private static JsonObject Reference() => Map(
        "",
        ("kind", Text()), ("namespace", Text()), ("name", Text()), ("uid", Text()), ("apiVersion", Text()), ("resourceVersion", Text()),
        ("fieldPath", Text()));
}
