using System.Text.Json.Serialization;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>A condition as in meta/v1. Compares by value, to detect changes.</summary>
[Description("One aspect of the state of an object.")]
public sealed record V1Condition
{
    [Required]
    [Description("Type of the condition, in CamelCase.")]
    [Length(1, 316)]
    public string Type { get; set; } = "";

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    [Required]
    [Description("Status of the condition.")]
    [EnumValues("True", "False", "Unknown")]
    public string Status { get; set; } = "Unknown";

    /// <summary>The generation that the condition was set for.</summary>
    [Description("The metadata.generation that the condition was set for.")]
    [RangeMinimum(0)]
    public long? ObservedGeneration { get; set; }

    /// <summary>When <see cref="Status"/> last changed. Written in whole seconds, as all Kubernetes times are.</summary>
    [Required]
    [Description("When the status of the condition last changed.")]
    [JsonConverter(typeof(Rfc3339SecondsConverter))]
    public DateTimeOffset? LastTransitionTime { get; set; }

    [Required]
    [Description("Why, in one CamelCase word, for programs.")]
    [Length(1, 1024)]
    [Pattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")]
    public string Reason { get; set; } = "";

    [Required]
    [Description("Why, in a sentence, for people.")]
    [Length(0, 32768)]
    public string Message { get; set; } = "";
}
