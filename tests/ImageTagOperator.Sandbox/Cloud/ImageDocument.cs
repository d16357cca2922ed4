using System.Globalization;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>The JSON of an image. Custom properties are members of the same object as the built-in ones.</summary>
internal static class ImageDocument
{
    public static readonly IReadOnlySet<string> BuiltIn = new HashSet<string>
    {
        "name", "disk_format", "container_format", "visibility", "size", "virtual_size", "status", "checksum", "protected", "min_ram",
            "min_disk",
        "owner", "os_hidden", "os_hash_algo", "os_hash_value", "id", "created_at", "updated_at", "tags", "self", "file", "schema", "stores",
    };

    /// <param name="random">Shuffles the tags in every response, as Glance does.</param>
    public static JsonObject Write(SandboxImage image, Random random)
    {
        var document = new JsonObject();
        foreach (var (name, value) in image.Properties) document[name] = value;
        document["name"] = image.Name;
        document["disk_format"] = image.DiskFormat;
        document["container_format"] = image.ContainerFormat;
        document["visibility"] = image.Visibility;
        document["size"] = image.Size;
        document["virtual_size"] = image.DiskFormat == "raw" ? image.Size : null;
        document["status"] = image.Status;
        document["checksum"] = image.Checksum;
        document["protected"] = image.Protected;
        document["min_ram"] = image.MinRam;
        document["min_disk"] = image.MinDisk;
        document["owner"] = image.Owner;
        document["os_hidden"] = image.Hidden;
        document["os_hash_algo"] = image.HashAlgorithm;
        document["os_hash_value"] = image.Hash;
        document["id"] = image.Id;
        document["created_at"] = Time(image.CreatedAt);
        document["updated_at"] = Time(image.UpdatedAt);
        document["tags"] = Tags(image, random);
        document["self"] = $"/v2/images/{image.Id}";
        document["file"] = $"/v2/images/{image.Id}/file";
        document["schema"] = "/v2/schemas/image";
        return document;
    }

    private static JsonArray Tags(SandboxImage image, Random random)
    {
        var tags = image.Tags.ToArray();
        lock (random) random.Shuffle(tags);
        return new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
