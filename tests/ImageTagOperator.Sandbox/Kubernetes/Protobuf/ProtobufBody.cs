using System.Text;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Decodes protobuf bodies of the few kinds that kubectl creates itself: <c>kubectl create namespace</c> and similar commands send
/// only protobuf. Field numbers are those of the published .proto files; fields that kubectl never sets are omitted.</summary>
internal static class ProtobufBody
{
    public const string ContentType = "application/vnd.kubernetes.protobuf";

    private static readonly byte[] Magic = [.. "k8s"u8, 0];

    public static async Task<JsonObject> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer, cancellationToken);
        var bytes = buffer.ToArray();
        if (!bytes.AsSpan().StartsWith(Magic))
            throw Refusals.BadRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        var envelope = ProtobufMessage.Parse(bytes.AsMemory(Magic.Length));
        var type = ProtobufMessage.Parse(envelope.Bytes(1));
        var message = ProtobufMessage.Parse(envelope.Bytes(2));
        var json = new JsonObject
        {
            ["apiVersion"] = type.Text(1),
            ["kind"] = type.Text(2),
            ["metadata"] = Metadata(ProtobufMessage.Parse(message.Bytes(1))),
        };
        switch (type.Text(1), type.Text(2))
        {
            case ("v1", "Namespace"):
                return json;
            case ("v1", "Secret"):
                AddMap(json, "data", message, 2, Base64);
                AddText(json, "type", message, 3);
                AddMap(json, "stringData", message, 4, Utf8);
                AddFlag(json, "immutable", message, 5);
                return json;
            case ("v1", "ConfigMap"):
                AddMap(json, "data", message, 2, Utf8);
                AddMap(json, "binaryData", message, 3, Base64);
                AddFlag(json, "immutable", message, 4);
                return json;
            case ("v1", "ServiceAccount"):
                AddFlag(json, "automountServiceAccountToken", message, 4);
                return json;
            default:
                throw Refusals.UnsupportedMediaType("application/json");
        }
    }

    private static JsonObject Metadata(ProtobufMessage message)
    {
        var metadata = new JsonObject();
        AddText(metadata, "name", message, 1);
        AddText(metadata, "generateName", message, 2);
        AddText(metadata, "namespace", message, 3);
        AddMap(metadata, "labels", message, 11, Utf8);
        AddMap(metadata, "annotations", message, 12, Utf8);
        if (message.Has(14)) metadata["finalizers"] = Json.ArrayOf(message.All(14).Select(Utf8));
        return metadata;
    }

    private static void AddText(JsonObject json, string name, ProtobufMessage message, int number)
    {
        if (message.Text(number) is { Length: > 0 } text) json[name] = text;
    }

    private static void AddFlag(JsonObject json, string name, ProtobufMessage message, int number)
    {
        if (message.Has(number)) json[name] = message.Number(number) != 0;
    }

    private static void AddMap(JsonObject json, string name, ProtobufMessage message, int number, Func<ReadOnlyMemory<byte>, string> read)
    {
        foreach (var entry in message.All(number).Select(ProtobufMessage.Parse)) json.Child(name)[entry.Text(1)] = read(entry.Bytes(2));
    }

    private static string Utf8(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static string Base64(ReadOnlyMemory<byte> bytes) => Convert.ToBase64String(bytes.Span);
}
