using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ImageTagOperator.Commands.Manifests;
using ImageTagOperator.Commands.Status;

namespace ImageTagOperator.Commands.Plan;

/// <summary>The output of <c>plan</c> and <c>apply</c> for programs. docs/cli.md documents its schema; fields are only ever
/// added.</summary>
/// <param name="Summary">The totals over all sets.</param>
/// <param name="Sets">The sets in the order of the manifests.</param>
/// <param name="Errors">The errors of the manifests; left out when there are none.</param>
internal sealed record PlanReport(PlanSummary Summary, IReadOnlyList<PlannedSet> Sets, IReadOnlyList<ManifestError>? Errors = null);

/// <param name="Add">The number of tags that would be, or were, added.</param>
/// <param name="Remove">The number of tags that would be, or were, removed.</param>
/// <param name="Images">The number of images with such changes.</param>
/// <param name="Problems">The number of sets with a problem that a person must act on, or that could not be planned.</param>
internal sealed record PlanSummary(int Sets, int Add, int Remove, int Images, int Problems);

/// <param name="ManagedTagsKnown">False when there is no status, so that removals by an Additive set or a selector are not known.</param>
/// <param name="Held">True when nothing is changed for the set; the reason says why.</param>
internal sealed record PlannedSet(
    string? Namespace, string Name, string File, int Document, string Cloud, string Policy, bool ManagedTagsKnown, bool Held,
        string? Reason, string? Message, IReadOnlyList<PlannedImage> Images)
{
    [JsonIgnore]
    public string FullName => Namespace is null ? Name : $"{Namespace}/{Name}";

    /// <summary>A person must act on the set, or it could not be planned.</summary>
    [JsonIgnore]
    public bool HasProblem { get; init; }

    [JsonIgnore]
    public bool HasSelector { get; init; }

    /// <summary>Whether the age of the set is known, which decides the precedence between two sets.</summary>
    [JsonIgnore]
    public bool AgeKnown { get; init; }
}

/// <param name="Held">True when the differences are not changed; the reason says why.</param>
internal sealed record PlannedImage(
    string Id, string? Name, IReadOnlyList<string> Add, IReadOnlyList<string> Remove, bool Held, string? Reason, string? Message)
{
    [JsonIgnore]
    public bool HasProblem { get; init; }
}

[JsonSerializable(typeof(PlanReport))]
[JsonSerializable(typeof(IReadOnlyList<ManifestError>))]
[JsonSerializable(typeof(IReadOnlyList<SetStatus>))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Also readable for people: indented, with minimal escaping.</summary>
    public static ReportJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
