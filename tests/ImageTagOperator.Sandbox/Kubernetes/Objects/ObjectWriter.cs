using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Creates and updates objects by the rules of all kinds.</summary>
internal sealed class ObjectWriter(Cluster cluster, ObjectRemover remover)
{
    public JsonObject Create(ResourceDefinition resource, string ns, JsonObject body, WriteOptions options)
    {
        lock (cluster.Store.Gate)
        {
            if (resource.IsTerminating) throw Refusals.Terminating(resource);
            var json = ObjectDecoder.Decode(resource, body, options);
            var metadata = json.Child("metadata");
            SetNamespace(resource, metadata, ns);
            if (resource.IsNamespaced) CheckNamespace(resource, metadata.Text("name") ?? metadata.Text("generateName") ?? "", ns);
            if (string.IsNullOrEmpty(metadata.Text("name")) && metadata.Text("generateName") is { Length: > 0 } prefix)
                metadata["name"] = cluster.NewName(prefix);
            if (metadata.Text("resourceVersion") is { Length: > 0 } and not "0")
                throw Refusals.Internal("resourceVersion should not be set on objects to be created");
            foreach (var name in (string[])["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"])
                metadata.Remove(name);
            metadata["uid"] = cluster.NewUid();
            metadata["creationTimestamp"] = cluster.Timestamp;
            if (resource.HasGeneration) metadata["generation"] = 1;
            if (resource.HasStatus) json.Remove("status");
            resource.Rules.Prepare(json, null);

            var errors = MetadataRules.ValidateCreate(resource, json).Concat(UpdateRules.SchemaErrors(resource, json));
            Refuse(resource, json, [.. errors, .. resource.Rules.Validate(json, null)]);
            if (cluster.Store.Find(resource.StorageKey, ns, metadata.Text("name")!) is not null)
                throw Refusals.AlreadyExists(resource, metadata.Text("name")!);
            var isCrd = resource.StorageKey == BuiltInResources.Crds;
            if (isCrd) json["status"] = CustomResources.Status(json, cluster.Now);
            if (options.IsDryRun) return Shown(resource, json);
            var stored = cluster.Store.Put(resource.StorageKey, json);
            if (isCrd) cluster.Registry.Put(json);
            return Cluster.Show(resource, stored);
        }
    }

    /// <summary>Replaces an object with a request body; returns whether that created it.</summary>
    public (JsonObject Json, bool IsNew) Replace(
        ResourceDefinition resource, string ns, string name, bool isStatus, JsonObject body, WriteOptions options)
    {
        lock (cluster.Store.Gate)
        {
            var json = ObjectDecoder.Decode(resource, body, options);
            CheckName(json, name);
            if (resource.AllowsCreateByUpdate && cluster.Store.Find(resource.StorageKey, ns, name) is null)
            {
                json.Child("metadata").Remove("resourceVersion");
                return (Create(resource, ns, Shown(resource, json), options), true);
            }

            var stored = cluster.Require(resource, ns, name);
            if (json.Text("metadata", "uid") is { Length: > 0 } uid && uid != stored.Uid) throw StaleUid(resource, stored, uid);
            return (Update(resource, stored, json, isStatus, options), false);
        }
    }

    /// <summary>Updates an object. <paramref name="change"/> gets a copy in the version of <paramref name="resource"/>.</summary>
    public JsonObject Patch(
        ResourceDefinition resource, string ns, string name, bool isStatus, Func<JsonObject, JsonObject> change, WriteOptions options)
    {
        lock (cluster.Store.Gate)
        {
            var stored = cluster.Require(resource, ns, name);
            var json = ObjectDecoder.DecodePatched(resource, change(Cluster.Show(resource, stored)), options);
            CheckName(json, name);
            return Update(resource, stored, json, isStatus, options);
        }
    }

    private JsonObject Update(ResourceDefinition resource, StoredObject stored, JsonObject json, bool isStatus, WriteOptions options)
    {
        var before = stored.ToJson();
        SetNamespace(resource, json.Child("metadata"), stored.Namespace);
        UpdateRules.CheckVersion(resource, stored, json);
        json = isStatus ? UpdateRules.WithStatus(before, json) : UpdateRules.WithoutStatus(resource, before, json);
        var errors = isStatus ? UpdateRules.StatusErrors(resource, json, before) : UpdateRules.SchemaErrors(resource, json);
        Refuse(resource, json, [.. MetadataRules.ValidateUpdate(json, before), .. errors, .. resource.Rules.Validate(json, before)]);

        json.Child("metadata")["resourceVersion"] = before.At("metadata", "resourceVersion")!.DeepClone();
        if (JsonNode.DeepEquals(json, before) || options.IsDryRun) return Shown(resource, json);
        var isNamespace = resource.StorageKey == "namespaces";
        if (!isNamespace && json.At("metadata", "deletionTimestamp") is not null && json.Texts("metadata", "finalizers").Count == 0)
        {
            // The DELETED event contains the last state of the object, with the finalizer whose removal ended it.
            remover.Remove(resource, before);
            return Shown(resource, json);
        }

        var isCrd = resource.StorageKey == BuiltInResources.Crds;
        if (isCrd) json.Child("status")["acceptedNames"] = json.At("spec", "names")!.DeepClone();
        var after = cluster.Store.Put(resource.StorageKey, json);
        if (isCrd) cluster.Registry.Put(json);
        if (isNamespace) remover.FinishNamespace(stored.Name);
        return Cluster.Show(resource, after);
    }

    private static void Refuse(ResourceDefinition resource, JsonObject json, IReadOnlyList<FieldError> errors)
    {
        if (errors.Count > 0) throw Refusals.Invalid(resource, json.Text("metadata", "name") ?? "", errors);
    }

    private static void SetNamespace(ResourceDefinition resource, JsonObject metadata, string ns)
    {
        var sent = metadata.Text("namespace") ?? "";
        if (!resource.IsNamespaced) metadata.Remove("namespace");
        else if (sent.Length == 0) metadata["namespace"] = ns;
        else if (sent != ns)
            throw Refusals.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }

    private void CheckNamespace(ResourceDefinition resource, string name, string ns)
    {
        var stored = cluster.Require(cluster.Registry.Namespaces, "", ns).ToJson();
        if (stored.Text("status", "phase") != "Terminating") return;
        var cause = new JsonObject
        {
            ["reason"] = "NamespaceTerminating",
            ["message"] = $"namespace {ns} is being terminated",
            ["field"] = "metadata.namespace",
        };
        var why = $"unable to create new content in namespace {ns} because it is being terminated";
        throw Refusals.Forbidden(resource, name, why, new JsonArray(cause));
    }

    private static void CheckName(JsonObject json, string name)
    {
        var sent = json.Text("metadata", "name") ?? "";
        if (sent.Length == 0) throw Refusals.BadRequest("name must be provided");
        if (sent != name) throw Refusals.BadRequest($"the name of the object ({sent}) does not match the name on the URL ({name})");
    }

    private static StatusException StaleUid(ResourceDefinition resource, StoredObject stored, string uid)
    {
        var key = $"/registry/{(resource.IsCustom ? $"{resource.Group}/" : "")}{resource.Plural}/{stored.Key}";
        return Refusals.Conflict(
            resource,
            stored.Name,
            $"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: " +
            $"UID in precondition: {uid}, UID in object meta: {stored.Uid}");
    }

    private static JsonObject Shown(ResourceDefinition resource, JsonObject json)
    {
        if (json.Text("apiVersion") != resource.ApiVersion) resource.Rules.Convert(json, resource);
        return json;
    }
}
