using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The HTTP endpoints to read and write objects, except watches.</summary>
internal sealed class ResourceEndpoints(Cluster cluster)
{
    private readonly ObjectReader reader = new(cluster);
    private readonly ObjectRemover remover = new(cluster);

    public ObjectWriter Writer => field ??= new ObjectWriter(cluster, remover);

    public ObjectRemover Remover => remover;

    public async Task HandleAsync(HttpContext http, ResourcePath path, Query query, ResponseForm form, string body)
    {
        var options = query.WriteOptions;
        var (resource, ns, name, isStatus) = (path.Resource, path.Namespace, path.Name, path.Subresource.Length > 0);
        switch (http.Request.Method, name.Length > 0)
        {
            case ("GET", false):
                await RespondListAsync(http, path, query, form);
                break;
            case ("GET", true):
                await RespondAsync(http, 200, resource, Cluster.Show(resource, cluster.Require(resource, ns, name)), form, query);
                break;
            case ("POST", false) when ns.Length > 0 || !resource.IsNamespaced:
                var created = Writer.Create(resource, ns, await BodyAsync(http, resource, body), options);
                await RespondAsync(http, 201, resource, created, form, query, options);
                break;
            case ("PUT", true):
                var (replaced, isNew) = Writer.Replace(resource, ns, name, isStatus, await BodyAsync(http, resource, body), options);
                await RespondAsync(http, isNew ? 201 : 200, resource, replaced, form, query, options);
                break;
            case ("PATCH", true):
                var change = PatchBody.Read(resource, http.Request.ContentType, body);
                await RespondAsync(http, 200, resource, Writer.Patch(resource, ns, name, isStatus, change, options), form, query, options);
                break;
            case ("DELETE", true) when !isStatus:
                var (json, isGone) = remover.Delete(resource, ns, name, DeleteOptions(resource, query, body));
                if (isGone && !resource.ReturnsDeleted) await WriteAsync(http, 200, Deleted(resource, json));
                else await RespondAsync(http, 200, resource, json, form, query);
                break;
            case ("DELETE", false) when ns.Length > 0 || !resource.IsNamespaced:
                await DeleteAllAsync(http, path, query, form, body);
                break;
            // A write to a namespaced custom resource without a namespace matches no route.
            case ("POST" or "DELETE", false) when resource.IsCustom:
                throw Refusals.UnknownResource();
            default:
                throw Refusals.MethodNotAllowed();
        }
    }

    public static Task WriteAsync(HttpContext http, int status, JsonNode json) => WriteAsync(http, status, json.ToUtf8());

    private static async Task WriteAsync(HttpContext http, int status, byte[] bytes)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    private async Task DeleteAllAsync(HttpContext http, ResourcePath path, Query query, ResponseForm form, string body)
    {
        var (metadata, objects) = reader.List(path, query);
        var deleted = new List<JsonObject>();
        foreach (var stored in objects)
        {
            try
            {
                deleted.Add(remover.Delete(path.Resource, stored.Namespace, stored.Name, DeleteOptions(path.Resource, query, body)).Json);
            }
            catch (StatusException e) when (e.Code == 404)
            {
                // Another client deleted it first, which has the same result.
            }
        }

        await WriteAsync(http, 200, ListOf(path.Resource, metadata, deleted, form, query));
    }

    private async Task RespondListAsync(HttpContext http, ResourcePath path, Query query, ResponseForm form)
    {
        var resource = path.Resource;
        var (metadata, objects) = reader.List(path, query);
        var isPlain = resource.IsCustom && form == ResponseForm.Object;
        if (!isPlain || !objects.All(stored => stored.ApiVersion == resource.ApiVersion))
        {
            await WriteAsync(http, 200, ListOf(resource, metadata, objects.Select(stored => Cluster.Show(resource, stored)), form, query));
            return;
        }

        // Large lists are written from the stored bytes, without parsing the objects.
        var frame = ListOf(resource, metadata, [], form, query).ToUtf8();
        using var list = new MemoryStream();
        list.Write(frame.AsSpan(0, frame.Length - "]}".Length));
        for (var i = 0; i < objects.Count; i++)
        {
            if (i > 0) list.WriteByte((byte)',');
            list.Write(objects[i].Utf8);
        }

        list.Write("]}"u8);
        await WriteAsync(http, 200, list.ToArray());
    }

    private JsonObject ListOf(
        ResourceDefinition resource, JsonObject metadata, IEnumerable<JsonObject> objects, ResponseForm form, Query query)
    {
        if (form == ResponseForm.Table) return TablePrinter.Table(resource, objects, metadata, cluster.Now, query.IncludeObject);
        return new JsonObject
        {
            ["kind"] = form == ResponseForm.Metadata ? "PartialObjectMetadataList" : resource.ListKind,
            ["apiVersion"] = form == ResponseForm.Metadata ? "meta.k8s.io/v1" : resource.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = Json.ArrayOf(objects.Select(json =>
                form == ResponseForm.Metadata ? TablePrinter.MetadataOnly(json) : Item(resource, json))),
        };
    }

    // The items of a built-in list do not repeat apiVersion and kind of the list; those of a custom resource do.
    private static JsonObject Item(ResourceDefinition resource, JsonObject json)
    {
        if (resource.IsCustom) return json;
        json.Remove("apiVersion");
        json.Remove("kind");
        return json;
    }

    private async Task RespondAsync(
        HttpContext http,
        int status,
        ResourceDefinition resource,
        JsonObject json,
        ResponseForm form,
        Query query,
        WriteOptions? options = null)
    {
        if (json.Text("apiVersion") != resource.ApiVersion) resource.Rules.Convert(json, resource);
        foreach (var warning in options?.Warnings ?? []) http.Response.Headers.Append("Warning", $"299 - {FieldError.Quote(warning)}");
        var metadata = new JsonObject { ["resourceVersion"] = json.At("metadata", "resourceVersion")?.DeepClone() };
        await WriteAsync(http, status, form switch
        {
            ResponseForm.Table => TablePrinter.Table(resource, [json], metadata, cluster.Now, query.IncludeObject),
            ResponseForm.Metadata => TablePrinter.MetadataOnly(json),
            _ => json,
        });
    }

    private static JsonObject Deleted(ResourceDefinition resource, JsonObject json)
    {
        var details = new JsonObject { ["name"] = json.Text("metadata", "name") };
        if (resource.Group.Length > 0) details["group"] = resource.Group;
        details["kind"] = resource.Plural;
        details["uid"] = json.Text("metadata", "uid");
        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }

    private static async Task<JsonObject> BodyAsync(HttpContext http, ResourceDefinition resource, string body)
    {
        var type = http.Request.ContentType ?? "application/json";
        if (type.StartsWith(ProtobufBody.ContentType, StringComparison.OrdinalIgnoreCase))
            return await ProtobufBody.ReadAsync(http.Request.Body, http.RequestAborted);
        if (!type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
            throw Refusals.UnsupportedMediaType("application/json", ProtobufBody.ContentType);
        return PatchBody.ParseObject(resource, body);
    }

    private static JsonObject? DeleteOptions(ResourceDefinition resource, Query query, string body)
    {
        var options = body.Length == 0 ? [] : PatchBody.ParseObject(resource, body);
        if (query.IsDryRun) options["dryRun"] = new JsonArray("All");
        return options;
    }
}
