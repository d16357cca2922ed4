using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Deletes objects: at once, or with the removal of their last finalizer. Deleting a namespace or a CustomResourceDefinition
/// deletes its objects first.</summary>
internal sealed class ObjectRemover(Cluster cluster)
{
    private static readonly string[] Protected = ["default", "kube-system", "kube-public"];

    // Skips the check for the last object of a namespace while the whole namespace is deleted.
    private string? emptying;

    /// <summary>The current object, and whether it was removed.</summary>
    public (JsonObject Json, bool IsGone) Delete(ResourceDefinition resource, string ns, string name, JsonObject? options)
    {
        lock (cluster.Store.Gate)
        {
            var stored = cluster.Require(resource, ns, name);
            CheckPreconditions(resource, stored, options);
            if (resource.Plural == "namespaces" && Protected.Contains(name))
                throw Refusals.Forbidden(resource, name, "this namespace may not be deleted");
            var json = stored.ToJson();
            if (options?["dryRun"] is JsonArray { Count: > 0 }) return (json, json.Texts("metadata", "finalizers").Count == 0);
            if (resource.Plural == "namespaces") return DeleteNamespace(json);
            if (resource.StorageKey == BuiltInResources.Crds && cluster.Store.Count(name) > 0) return DeleteDefinition(resource, json);
            if (json.Texts("metadata", "finalizers").Count > 0) return (MarkDeleted(resource, json), false);
            Remove(resource, json);
            return (json, true);
        }
    }

    /// <summary>Removes an object without finalizers, and whatever waited for its removal.</summary>
    public void Remove(ResourceDefinition resource, JsonObject json)
    {
        var (ns, name) = (json.Text("metadata", "namespace") ?? "", json.Text("metadata", "name") ?? "");
        cluster.Store.Remove(resource.StorageKey, json);
        if (resource.StorageKey == BuiltInResources.Crds) cluster.Registry.Remove(name);
        if (resource.IsNamespaced) FinishNamespace(ns);
        if (resource.IsCustom) FinishDefinition(resource.StorageKey);
    }

    private JsonObject MarkDeleted(ResourceDefinition resource, JsonObject json)
    {
        var metadata = json.Child("metadata");
        if (metadata["deletionTimestamp"] is not null) return json;
        metadata["deletionTimestamp"] = cluster.Timestamp;
        metadata["deletionGracePeriodSeconds"] = 0;
        if (metadata.Integer("generation") is > 0 and var generation) metadata["generation"] = generation + 1;
        return cluster.Store.Put(resource.StorageKey, json).ToJson();
    }

    /// <summary>Marks a namespace as terminating and keeps its objects.</summary>
    public JsonObject EndNamespace(JsonObject json)
    {
        if (json.At("metadata", "deletionTimestamp") is not null) return json;
        json.Child("metadata")["deletionTimestamp"] = cluster.Timestamp;
        json.Child("status")["phase"] = "Terminating";
        return cluster.Store.Put(cluster.Registry.Namespaces.StorageKey, json).ToJson();
    }

    private (JsonObject Json, bool IsGone) DeleteNamespace(JsonObject json)
    {
        json = EndNamespace(json);
        var name = json.Text("metadata", "name")!;
        emptying = name;
        foreach (var content in Contents(name)) Delete(content.Resource, name, content.Name, null);
        emptying = null;
        FinishNamespace(name);
        // The response contains the terminating namespace, even when it was removed meanwhile.
        return (json, false);
    }

    private (JsonObject Json, bool IsGone) DeleteDefinition(ResourceDefinition resource, JsonObject json)
    {
        var name = json.Text("metadata", "name")!;
        if (json.At("metadata", "deletionTimestamp") is null)
        {
            json.Child("metadata")["finalizers"] = new JsonArray(CustomResources.CleanupFinalizer);
            json.Child("metadata")["deletionTimestamp"] = cluster.Timestamp;
            if (json.At("status", "conditions") is JsonArray conditions) conditions.Add((JsonNode)CustomResources.Terminating(cluster.Now));
            json = cluster.Store.Put(resource.StorageKey, json).ToJson();
            cluster.Registry.Put(json);
        }

        var custom = cluster.Registry.All.First(candidate => candidate.StorageKey == name);
        foreach (var stored in cluster.Store.List(name).Objects) Delete(custom, stored.Namespace, stored.Name, null);
        return (json, false);
    }

    /// <summary>Removes a terminating namespace when it is empty.</summary>
    public void FinishNamespace(string name)
    {
        var resource = cluster.Registry.Namespaces;
        if (name == emptying) return;
        var json = cluster.Store.Find(resource.StorageKey, "", name)?.ToJson();
        if (json.At("metadata", "deletionTimestamp") is null || json.Texts("metadata", "finalizers").Count > 0) return;
        if (Contents(name).Count == 0) cluster.Store.Remove(resource.StorageKey, json!);
    }

    private void FinishDefinition(string name)
    {
        if (cluster.Store.Count(name) > 0) return;
        var json = cluster.Store.Find(BuiltInResources.Crds, "", name)?.ToJson();
        if (json.At("metadata", "deletionTimestamp") is not null) Remove(cluster.Registry.Crds, json!);
    }

    private List<(ResourceDefinition Resource, string Name)> Contents(string ns) =>
    [
        .. from resource in cluster.Registry.All.Where(resource => resource.IsNamespaced).DistinctBy(resource => resource.StorageKey)
           from stored in cluster.Store.List(resource.StorageKey).Objects
           where stored.Namespace == ns
           select (resource, stored.Name),
    ];

    private static void CheckPreconditions(ResourceDefinition resource, StoredObject stored, JsonObject? options)
    {
        if (options.Text("preconditions", "uid") is { } uid && uid != stored.Uid)
        {
            throw Refusals.PreconditionFailed(
                resource,
                stored.Name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({stored.Uid}). " +
                "The object might have been deleted and then recreated");
        }

        if (options.Text("preconditions", "resourceVersion") is { } version && version != $"{stored.Version}")
        {
            throw Refusals.PreconditionFailed(
                resource,
                stored.Name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({stored.Version}). " +
                "The object might have been modified");
        }
    }
}
