using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImageTagOperator.Shared;

/// <summary>Reads strings and reuses equal ones that were read before. Objects of one kind share most strings: namespaces, tags, names of
/// Secrets, conditions; and images their tags, owners and statuses. Without this, they took half of the memory of an object in the
/// cache.</summary>
internal sealed class SharedStringConverter : JsonConverter<string>
{
    /// <summary>In bytes. Longer strings rarely repeat.</summary>
    private const int MaxSharedBytes = 128;

    /// <summary>One string per hash; a new one replaces the previous one. This bounds the memory without a lock; a race between two threads
    /// is harmless.</summary>
    private static readonly string?[] Slots = new string?[4096];

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Shared(ref reader) : reader.GetString();     // which throws

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Shared(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, [DisallowNull] string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);

    private static string Shared(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length > MaxSharedBytes) return reader.GetString()!;
        ref var slot = ref Slots[Hash(reader.ValueSpan) % (uint)Slots.Length];
        if (slot is { } known && reader.ValueTextEquals(known)) return known;
        return slot = reader.GetString()!;
    }

    /// <summary>FNV-1a.</summary>
    private static uint Hash(ReadOnlySpan<byte> text)
    {
        var hash = 2166136261;
        foreach (var one in text) hash = (hash ^ one) * 16777619;
        return hash;
    }
}
