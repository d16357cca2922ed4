using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The error responses of an API server, with its codes, reasons and messages.</summary>
internal static class Refusals
{
    public const string StaleObject = "the object has been modified; please apply your changes to the latest version and try again";

    public static StatusException NotFound(ResourceDefinition resource, string name) =>
        new(404, "NotFound", $"{resource.GroupResource} \"{name}\" not found", Details(resource, name));

    public static StatusException UnknownResource() =>
        new(404, "NotFound", "the server could not find the requested resource", []);

    public static StatusException AlreadyExists(ResourceDefinition resource, string name) =>
        new(409, "AlreadyExists", $"{resource.GroupResource} \"{name}\" already exists", Details(resource, name));

    public static StatusException Conflict(ResourceDefinition resource, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {resource.GroupResource} \"{name}\": {why}", Details(resource, name));

    /// <summary>A failed precondition of a deletion names the kind; other conflicts name the resource.</summary>
    public static StatusException PreconditionFailed(ResourceDefinition resource, string name, string why) =>
        new(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {resource.GroupKind} \"{name}\": {why}",
            Details(resource, name, resource.Kind));

    public static StatusException Forbidden(ResourceDefinition resource, string name, string why, JsonArray? causes = null)
    {
        var details = Details(resource, name);
        if (causes is not null) details["causes"] = causes;
        return new(403, "Forbidden", $"{resource.GroupResource} \"{name}\" is forbidden: {why}", details);
    }

    public static StatusException Invalid(ResourceDefinition resource, string name, IReadOnlyList<FieldError> errors) =>
        // Events of both groups are validated as events of the core group.
        Invalid(resource.StorageKey == "events" ? "" : resource.Group, resource.Kind, name, errors);

    /// <summary>With an empty kind the message starts with a space, as it does when the result of a patch cannot be decoded.</summary>
    public static StatusException Invalid(string group, string kind, string name, IReadOnlyList<FieldError> errors)
    {
        var qualified = group.Length == 0 ? kind : $"{kind}.{group}";
        // The message lists equal errors once, the causes list each of them.
        var distinct = errors.Select(error => error.ToString()).Distinct().ToList();
        var details = new JsonObject();
        if (name.Length > 0) details["name"] = name;
        if (group.Length > 0) details["group"] = group;
        if (kind.Length > 0) details["kind"] = kind;
        details["causes"] = Json.ArrayOf(errors.Select(error => (JsonNode)new JsonObject
        {
            ["reason"] = error.Reason,
            ["message"] = error.Message,
            ["field"] = error.Field ?? "<nil>",
        }));
        var all = distinct.Count == 1 ? distinct[0] : $"[{string.Join(", ", distinct)}]";
        return new(422, "Invalid", $"{qualified} \"{name}\" is invalid: {all}", details);
    }

    public static StatusException InvalidListOptions(FieldError error) => Invalid("meta.k8s.io", "ListOptions", "", [error]);

    public static StatusException BadRequest(string message) => new(400, "BadRequest", message);

    /// <summary>An error that the server does not classify: the message without a reason.</summary>
    public static StatusException Internal(string message) => new(500, "", message);

    public static StatusException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static StatusException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static StatusException Terminating(ResourceDefinition resource) => new(
        405,
        "MethodNotAllowed",
        "create not allowed while custom resource definition is terminating",
        new JsonObject { ["group"] = resource.Group, ["kind"] = resource.Plural });

    public static StatusException NotAcceptable() =>
        new(406, "NotAcceptable", "only the following media types are accepted: application/json");

    public static StatusException UnsupportedMediaType(params ReadOnlySpan<string?> accepted) =>
        new(415, "UnsupportedMediaType",
            $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}");

    /// <summary>A JSON patch that does not apply. The server does not say why.</summary>
    public static StatusException PatchRejected() =>
        new(422, "Invalid", "the server rejected our request due to an error in our request", []);

    public static StatusException Expired(string message) => new(410, "Expired", message);

    public static StatusException TooOld(long requested, long oldest) =>
        Expired($"too old resource version: {requested} ({oldest})");

    public static StatusException FutureVersion(long requested, long current) => new(
        504,
        "Timeout",
        $"Timeout: Too large resource version: {requested}, current: {current}",
        new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject
            {
                ["reason"] = "ResourceVersionTooLarge",
                ["message"] = "Too large resource version",
            }),
            ["retryAfterSeconds"] = 1,
        });

    private static JsonObject Details(ResourceDefinition resource, string name, string? kind = null)
    {
        var details = new JsonObject { ["name"] = name };
        if (resource.Group.Length > 0) details["group"] = resource.Group;
        details["kind"] = kind ?? resource.Plural;
        return details;
    }
}
