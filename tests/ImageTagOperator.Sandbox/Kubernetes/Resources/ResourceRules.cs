using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>What is special about one kind. The base class has nothing special.</summary>
internal abstract class ResourceRules
{
    public static ResourceRules None { get; } = new Nothing();

    /// <summary>Fills in what the server decides, on creation and on update (<paramref name="before"/> is null on creation).</summary>
    public virtual void Prepare(JsonObject after, JsonObject? before)
    {
    }

    public virtual IEnumerable<FieldError> Validate(JsonObject after, JsonObject? before) => [];

    /// <summary>Turns what is stored into the form of <paramref name="resource"/>, and back.</summary>
    public virtual void Convert(JsonObject json, ResourceDefinition resource) => json["apiVersion"] = resource.ApiVersion;

    private sealed class Nothing : ResourceRules;
}
