using System.Globalization;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Creates and updates objects by the rules that hold for all kinds.</summary>
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
            foreach (var name in (string[])["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"]) metadata.Remove(name);
            metadata["uid"] = cluster.NewUid();
            metadata["creationTimestamp"] = cluster.Timestamp;
            if (resource.HasGeneration) metadata["generation"] = 1;
            if (resource.HasStatus) json.Remove("status");
            resource.Rules.Prepare(json, null);

            Refuse(resource, json, [.. MetadataRules.ValidateCreate(resource, json), .. SchemaErrors(resource, json), .. resource.Rules.Validate(json, null)]);
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

    /// <summary>Replaces with what a client sent; tells whether that made a new object.</summary>
    public (JsonObject Json, bool IsNew) Replace(ResourceDefinition resource, string ns, string name, bool isStatus, JsonObject body, WriteOptions options)
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

    /// <summary>Changes what is there. <paramref name="change"/> gets a copy in the form of <paramref name="resource"/>.</summary>
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
        CheckVersion(resource, stored, json);
        json = isStatus ? WithStatus(before, json) : WithoutStatus(resource, before, json);
        var errors = isStatus ? StatusErrors(resource, json, before) : SchemaErrors(resource, json);
        Refuse(resource, json, [.. MetadataRules.ValidateUpdate(json, before), .. errors, .. resource.Rules.Validate(json, before)]);

        json.Child("metadata")["resourceVersion"] = before.At("metadata", "resourceVersion")!.DeepClone();
        if (JsonNode.DeepEquals(json, before) || options.IsDryRun) return Shown(resource, json);
        var isNamespace = resource.StorageKey == "namespaces";
        if (!isNamespace && json.At("metadata", "deletionTimestamp") is not null && json.Texts("metadata", "finalizers").Count == 0)
        {
            // Watches see the object as it last was, with the finalizer whose end was its own.
            remover.Remove(resource, before);
            return Shown(resource, json);
        }

        var after = cluster.Store.Put(resource.StorageKey, json);
        if (resource.StorageKey == BuiltInResources.Crds) cluster.Registry.Put(json);
        if (isNamespace) remover.FinishNamespace(stored.Name);
        return Cluster.Show(resource, after);
    }

    private static void CheckVersion(ResourceDefinition resource, StoredObject stored, JsonObject json)
    {
        var sent = json.Text("metadata", "resourceVersion");
        if (string.IsNullOrEmpty(sent) || sent == "0")
        {
            if (resource.AllowsBlindUpdate) return;
            // This error names the resource where all others name the kind.
            throw Refusals.Invalid(
                resource.Group, resource.Plural, stored.Name, [FieldError.Invalid("metadata.resourceVersion", 0, "must be specified for an update")]);
        }

        if (!ulong.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw Refusals.Internal($"strconv.ParseUint: parsing {FieldError.Quote(sent)}: invalid syntax");
        if (version != (ulong)stored.Version) throw Refusals.Conflict(resource, stored.Name, Refusals.StaleObject);
    }

    private static JsonObject WithStatus(JsonObject before, JsonObject json)
    {
        var after = before.Copy();
        if (json.Remove("status", out var status)) after["status"] = status;
        else after.Remove("status");
        return after;
    }

    // The server's own metadata cannot be changed from outside; the generation counts changes of everything but metadata and status.
    private static JsonObject WithoutStatus(ResourceDefinition resource, JsonObject before, JsonObject json)
    {
        var (metadata, old) = (json.Child("metadata"), before.Child("metadata"));
        foreach (var name in (string[])["creationTimestamp", "generation"])
        {
            metadata.Remove(name);
            if (old[name] is { } value) metadata[name] = value.DeepClone();
        }

        // A deletion cannot be taken back, and not be begun by an update: without one, the validation refuses the field.
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

    private static IEnumerable<FieldError> SchemaErrors(ResourceDefinition resource, JsonObject json) =>
        resource is { IsCustom: true, Schema: { } schema }
            ? new SchemaValidator().Validate(schema, json).Errors.Concat(ListTypes.Validate(json, schema))
            : [];

    // An update of the status is judged by its status alone.
    private static IEnumerable<FieldError> StatusErrors(ResourceDefinition resource, JsonObject json, JsonObject before)
    {
        if (resource is not { IsCustom: true, Schema: { } schema } || schema.At("properties", "status") is not JsonObject statusSchema) return [];
        var errors = json["status"] is { } status ? new SchemaValidator("status").Validate(statusSchema, status).Errors : [];
        return ListTypes.Validate(before, schema).Any() ? errors : errors.Concat(ListTypes.Validate(json, schema));
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
        else if (sent != ns) throw Refusals.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }

    private void CheckNamespace(ResourceDefinition resource, string name, string ns)
    {
        var stored = cluster.Require(cluster.Registry.Namespaces, "", ns).ToJson();
        if (stored.Text("status", "phase") != "Terminating") return;
        throw Refusals.Forbidden(resource, name, $"unable to create new content in namespace {ns} because it is being terminated", new JsonArray(new JsonObject
        {
            ["reason"] = "NamespaceTerminating",
            ["message"] = $"namespace {ns} is being terminated",
            ["field"] = "metadata.namespace",
        }));
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
