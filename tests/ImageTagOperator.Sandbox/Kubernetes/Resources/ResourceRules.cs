using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The rules of one kind. The base class adds none.</summary>
internal abstract class ResourceRules
{
    public static ResourceRules None { get; } = new Nothing();

    /// <summary>Sets the fields that the server owns, on creation and on update (<paramref name="before"/> is null on creation).</summary>
    public virtual void Prepare(JsonObject after, JsonObject? before)
    {
    }

    public virtual IEnumerable<FieldError> Validate(JsonObject after, JsonObject? before) => [];

    /// <summary>Converts between the stored form and the form of <paramref name="resource"/>.</summary>
    public virtual void Convert(JsonObject json, ResourceDefinition resource) => json["apiVersion"] = resource.ApiVersion;

    private sealed class Nothing : ResourceRules;
}
