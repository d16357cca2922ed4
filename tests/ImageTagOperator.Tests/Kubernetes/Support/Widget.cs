using System.Text.Json.Serialization;
using k8s.Models;

namespace ImageTagOperator.Tests.Kubernetes;

[KubernetesEntity(Group = "test.example.com", ApiVersion = "v1", Kind = "Widget", PluralName = "widgets")]
[KubernetesEntityShortNames("wd")]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
[Description("A thing to test with.")]
public sealed class Widget : CustomKubernetesEntity<WidgetSpec, WidgetStatus>;

public sealed class WidgetSpec
{
    [Description("How large.")]
    [RangeMinimum(0)]
    [RangeMaximum(1000)]
    [AdditionalPrinterColumn]
    public int Size { get; set; }

    [Items(0, 128)]
    [XListType(XListType.Set)]
    [Length(1, 255, EachItem = true)]
    [Pattern("^[!-.0-~]([ -.0-~]*[!-.0-~])?$", EachItem = true)]
    [NotEnumValues(".", "..", EachItem = true)]
    public IList<string>? Tags { get; set; }

    [DefaultValue("Soft")]
    public WidgetMode? Mode { get; set; }

    [Required]
    [PropertyCount(1, 1)]
    public WidgetChoice Choice { get; set; } = new() { Id = "x" };

    [Nullable]
    public string? Note { get; set; }

    public long? Large { get; set; }

    public IDictionary<string, string>? Properties { get; set; }
}

public sealed class WidgetChoice
{
    [Format("uuid")]
    public string? Id { get; set; }

    public string? Name { get; set; }
}

[JsonConverter(typeof(JsonStringEnumConverter<WidgetMode>))]
public enum WidgetMode
{
    Soft,
    Hard,
}

public sealed class WidgetStatus
{
    public string? Phase { get; set; }

    [AdditionalPrinterColumn(Name = "Since", Priority = 1)]
    [JsonConverter(typeof(Rfc3339SecondsConverter))]
    public DateTimeOffset? Since { get; set; }

    [XListType(XListType.Map, "type")]
    public IList<V1Condition>? Conditions { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Widget))]
internal sealed partial class WidgetJsonContext : JsonSerializerContext;
