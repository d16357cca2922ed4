using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>All writes to images except adding and deleting a single tag. The operator must never use any of them.</summary>
internal sealed class ImageWrites(SandboxCloud cloud, TimeProvider time)
{
    private const string IdPattern = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";

    public void Delete(Token caller, SandboxImage image)
    {
        CheckAccess(caller, image, "delete_image");
        if (image.Protected) throw new GlanceError(403, $"Image {image.Id} is protected and cannot be deleted.");
        cloud.RemoveImage(image);
    }

    public SandboxImage Create(Token caller, string body)
    {
        if (Parse(body) is not JsonObject given) throw new GlanceError(500);
        var project = caller.Scope.Project ?? throw new GlanceError(403, "You are not permitted to create images owned by 'None'.");
        if (!caller.IsAdmin && given["owner"] is { } owner && (string?)owner != project.Id)
            throw new GlanceError(403, $"You are not permitted to create images owned by '{owner}'.");
        var image = new SandboxImage(name: null, project, time.GetUtcNow())
        {
            Id = Id((string?)given["id"]),
            Status = "queued",
            DiskFormat = null,
            ContainerFormat = null,
        };
        given.Remove("id");
        foreach (var (name, value) in given) ImageAttributes.Set(image, caller, name, value, cloud.TagQuota);
        cloud.AddImage(image);
        return image;
    }

    public SandboxImage Patch(Token caller, SandboxImage image, string? contentType, string body)
    {
        CheckAccess(caller, image, "modify_image");
        if (ImagePatch.Apply(image, caller, contentType, body, cloud.TagQuota) is not { } wanted) return image;
        image.CopyFrom(wanted);
        image.UpdatedAt = time.GetUtcNow();
        TagWrites.WriteBack(image, image.TagRows.ToHashSet(), wanted.TagRows.ToHashSet());
        return image;
    }

    /// <summary>The data is discarded; only its size and checksums are stored.</summary>
    public void Upload(Token caller, SandboxImage image, HttpRequest request, string body)
    {
        if (request.ContentType != "application/octet-stream") throw GlanceError.UnsupportedMediaType(request.ContentType);
        CheckAccess(caller, image, "upload_image");
        if (image.Status != "queued")
            throw new GlanceError(409, $"Image status transition from {image.Status} to saving is not allowed");
        if (image.DiskFormat is null || image.ContainerFormat is null)
            throw new GlanceError(400, "Properties disk_format, container_format must be set prior to saving data.");
        var data = Encoding.UTF8.GetBytes(body);
#pragma warning disable CA5351 // The API calls for MD5 here
        image.Checksum = Convert.ToHexStringLower(MD5.HashData(data));
#pragma warning restore CA5351
        image.HashAlgorithm = "sha512";
        image.Hash = Convert.ToHexStringLower(SHA512.HashData(data));
        image.Size = request.ContentLength ?? data.Length;
        image.Status = "active";
        image.UpdatedAt = time.GetUtcNow();
    }

    /// <summary>Switches between <c>active</c> and <c>deactivated</c>; a repeated call changes nothing.</summary>
    public void SetActive(Token caller, SandboxImage image, bool active)
    {
        var action = active ? "reactivate" : "deactivate";
        CheckAccess(caller, image, action);
        if (image.Status is not ("active" or "deactivated"))
            throw new GlanceError(403, $"Not allowed to {action} image in status '{image.Status}'");
        image.Status = active ? "active" : "deactivated";
        image.UpdatedAt = time.GetUtcNow();
    }

    internal static JsonNode? Parse(string body)
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

    private string Id(string? wanted)
    {
        if (wanted is null) return Guid.NewGuid().ToString();
        if (!Guid.TryParseExact(wanted, "d", out _)) throw new GlanceError(
            400, ImageAttributes.SchemaMismatch($"'{wanted}' does not match '{IdPattern}'"));
        return cloud.Images.Any(other => other.Id == wanted) ? throw new GlanceError(409, $"Image ID {wanted} already exists!") : wanted;
    }

    /// <summary>The owner is checked before the role.</summary>
    private void CheckAccess(Token caller, SandboxImage image, string action)
    {
        if (ImageAccess.CanChange(caller, image, cloud.SecureRbac)) return;
        var owned = ImageAccess.CanChange(caller, image, secureRbac: false);
        throw new GlanceError(403, owned ? $"You are not authorized to complete {action} action." : "You do not own this image");
    }
}
