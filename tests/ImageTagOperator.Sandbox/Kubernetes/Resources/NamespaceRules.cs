using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Namespaces: the label with their own name, the finalizer in their spec, and a phase.</summary>
internal sealed class NamespaceRules : ResourceRules
{
    public override void Prepare(JsonObject after, JsonObject? before)
    {
        after.Child("metadata").Child("labels")["kubernetes.io/metadata.name"] = after.Text("metadata", "name");
        after["spec"] = before?["spec"]?.DeepClone() ?? new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
        after["status"] = before?["status"]?.DeepClone() ?? new JsonObject { ["phase"] = "Active" };
    }
}
