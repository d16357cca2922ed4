using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>What can be done to an image besides adding and deleting single tags. Nothing that tests look at should ever come here by
/// accident: that is what the operator is guarded against.</summary>
internal sealed class ImageWrites(SandboxCloud cloud, TimeProvider time)
{
    public void Delete(Token caller, SandboxImage image)
    {
        if (!ImageAccess.CanChange(caller, image, cloud.SecureRbac))
            throw new GlanceError(403, "You are not authorized to complete delete_image action.");
        if (image.Protected) throw new GlanceError(403, $"Image {image.Id} is protected and cannot be deleted.");
        cloud.RemoveImage(image);
    }

    public SandboxImage Create(Token caller, string body)
    {
        if (Parse(body) is not JsonObject given) throw new GlanceError(400, "Body expected in request.");
        var owner = caller.Scope.Project ?? throw new GlanceError(403, "You are not permitted to create images owned by 'None'.");
        var image = new SandboxImage(name: null, owner, time.GetUtcNow())
        {
            Id = given["id"]?.GetValue<string>() ?? Guid.NewGuid().ToString(),
            Status = "queued",
            DiskFormat = null,
            ContainerFormat = null,
        };
        if (cloud.Images.Any(other => other.Id == image.Id)) throw new GlanceError(409, $"Image ID {image.Id} already exists!");
        given.Remove("id");
        foreach (var (name, value) in given) ImageAttributes.Set(image, caller, name, value, cloud.TagQuota);
        cloud.AddImage(image);
        return image;
    }

    public SandboxImage Patch(Token caller, SandboxImage image, string? contentType, string body)
    {
        if (contentType?.Split(';')[0] != "application/openstack-images-v2.1-json-patch") throw new GlanceError(415);
        if (Parse(body) is not JsonArray changes) throw new GlanceError(400, "Request body must be a JSON array of operation objects.");
        if (!ImageAccess.CanChange(caller, image, cloud.SecureRbac))
            throw new GlanceError(403, "You are not authorized to complete modify_image action.");
        foreach (var change in changes.OfType<JsonObject>()) Apply(caller, image, change);
        if (changes.Count > 0) image.UpdatedAt = time.GetUtcNow();
        return image;
    }

    /// <summary>The data itself is not kept.</summary>
    public void Upload(Token caller, SandboxImage image, HttpRequest request, string body)
    {
        if (request.ContentType != "application/octet-stream") throw new GlanceError(415);
        if (!ImageAccess.CanChange(caller, image, cloud.SecureRbac))
            throw new GlanceError(403, "You are not authorized to complete upload_image action.");
        if (image.Status != "queued")
            throw new GlanceError(409, $"Image status transition from {image.Status} to saving is not allowed");
        if (image.DiskFormat is null || image.ContainerFormat is null)
            throw new GlanceError(400, "Properties disk_format, container_format must be set prior to saving data.");
        image.Size = request.ContentLength ?? body.Length;
        image.Status = "active";
        image.UpdatedAt = time.GetUtcNow();
    }

    private void Apply(Token caller, SandboxImage image, JsonObject change)
    {
        var path = change["path"]?.GetValue<string>() ?? throw new GlanceError(400, "Unable to find 'path' in JSON Schema change");
        var name = path.TrimStart('/').Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        switch (change["op"]?.GetValue<string>())
        {
            case "remove":
                if (ImageDocument.BuiltIn.Contains(name)) throw new GlanceError(403, $"Property {name} may not be removed.");
                if (!image.Properties.TryRemove(name, out _)) throw new GlanceError(409, $"Property {name} does not exist.");
                break;
            case "add" or "replace" when !change.ContainsKey("value"):
                throw new GlanceError(400, $"Operation \"{change["op"]}\" requires a member named \"value\".");
            case "replace" when !ImageDocument.BuiltIn.Contains(name) && !image.Properties.ContainsKey(name):
                throw new GlanceError(409, $"Property {name} does not exist.");
            case "add" or "replace":
                ImageAttributes.Set(image, caller, name, change["value"], cloud.TagQuota);
                break;
            case var op:
                throw new GlanceError(400, $"Invalid operation: `{op}`. It must be one of the following: add, remove, replace.");
        }
    }

    private static JsonNode? Parse(string body)
    {
        if (body.Length == 0) throw new GlanceError(400, "Body expected in request.");
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            throw new GlanceError(400, "Malformed JSON in request body.");
        }
    }
}
