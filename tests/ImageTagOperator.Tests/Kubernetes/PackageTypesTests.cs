using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Kubernetes.Json;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>Types of KubernetesClient as JSON.</summary>
public sealed class PackageTypesTests
{
    private static readonly JsonSerializerOptions Json = KubernetesJson.Options(WidgetJsonContext.Default);

    [Theory]
    [InlineData("2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02T08:34:05+05:30")]
    [InlineData("2026-01-01T22:04:05.000-05:00")]
    public void A_time_is_converted_to_UTC(string written)
    {
        var read = Read<V1ObjectMeta>($$"""{"creationTimestamp":"{{written}}"}""").CreationTimestamp!.Value;
        Assert.Equal((new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), DateTimeKind.Utc), (read, read.Kind));
        Assert.Equal(
            """{"creationTimestamp":"2026-01-02T03:04:05Z"}""", Write(new V1ObjectMeta { CreationTimestamp = read.ToLocalTime() }));
    }

    [Theory]
    [InlineData(0, "2026-01-02T03:04:05.000000Z")]
    [InlineData(120, "2026-01-02T03:04:05.000120Z")]
    public void A_micro_time_on_a_whole_second_has_six_digits(int microseconds, string written)
    {
        var time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddMicroseconds(microseconds);
        Assert.Equal($$"""{"acquireTime":"{{written}}","renewTime":"{{written}}"}""",
            Write(new V1LeaseSpec { AcquireTime = time, RenewTime = time }));
        Assert.Equal($$"""{"eventTime":"{{written}}"}""", Write(new Eventsv1Event { EventTime = time }));
        Assert.Equal(time, Read<V1LeaseSpec>($$"""{"renewTime":"{{written}}"}""").RenewTime);
    }

    [Fact]
    public void Managed_fields_are_neither_kept_nor_sent()
    {
        var widget = Read<Widget>(
            """{"metadata":{"name":"a","managedFields":[{"manager":"kubectl","fieldsV1":{"f:spec":{} } }],"generation":3} }""");
        Assert.Equal(("a", 3), (widget.Metadata.Name, widget.Metadata.Generation));
        Assert.Null(widget.Metadata.ManagedFields);
        widget.Metadata.ManagedFields = [new V1ManagedFieldsEntry { Manager = "me" }];
        Assert.DoesNotContain("managedFields", Write(widget), StringComparison.Ordinal);
    }

    /// <summary>Another test may read a string in between that replaces this one, so it retries.</summary>
    [Fact]
    public void Equal_strings_of_many_objects_are_stored_once()
    {
        const string Json = """{"metadata":{"name":"a","namespace":"images","labels":{"app.kubernetes.io/part-of":"golden"} } }""";
        Assert.Contains(Enumerable.Range(0, 100), _ =>
        {
            var (one, other) = (Read<Widget>(Json).Metadata, Read<Widget>(Json).Metadata);
            var (label, same) = (one.Labels.Single(), other.Labels.Single());
            return ReferenceEquals(one.NamespaceProperty, other.NamespaceProperty) && ReferenceEquals(label.Key, same.Key)
                && ReferenceEquals(label.Value, same.Value);
        });
    }

    [Theory]
    [InlineData("\"a\\nb\\u00e9\"", "a\nb\u00e9")]
    [InlineData("\"\u00e9\ud83d\ude00\"", "\u00e9\ud83d\ude00")]
    [InlineData("\"\"", "")]
    [InlineData("null", null)]
    public void A_string_is_read_unchanged_every_time(string written, string? text)
    {
        for (var i = 0; i < 2; i++) Assert.Equal(text, Read<V1ObjectMeta>($$"""{"name":{{written}}}""").Name);
    }

    [Fact]
    public void A_number_is_not_taken_for_an_equal_interned_string()
    {
        Assert.Equal("4711", Read<V1ObjectMeta>("""{"name":"4711"}""").Name);
        Assert.Throws<JsonException>(() => Read<V1ObjectMeta>("""{"name":4711}"""));
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize(json, (JsonTypeInfo<T>)Json.GetTypeInfo(typeof(T)))!;

    private static string Write<T>(T value) => JsonSerializer.Serialize(value, (JsonTypeInfo<T>)Json.GetTypeInfo(typeof(T)));
}
