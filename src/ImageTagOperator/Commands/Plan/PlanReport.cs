using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ImageTagOperator.Commands.Manifests;
using ImageTagOperator.Commands.Status;

namespace ImageTagOperator.Commands.Plan;

/// <summary>What <c>plan</c> and <c>apply</c> tell programs; the schema is documented in docs/cli.md, and fields are only ever
/// added.</summary>
/// <param name="Summary">Counts over all sets.</param>
/// <param name="Sets">In the order of the manifests.</param>
/// <param name="Errors">What is wrong with the manifests; left out when nothing is.</param>
internal sealed record PlanReport(PlanSummary Summary, IReadOnlyList<PlannedSet> Sets, IReadOnlyList<ManifestError>? Errors = null);

/// <param name="Add">Tags that would be, or were, added.</param>
/// <param name="Remove">Tags that would be, or were, removed.</param>
/// <param name="Images">Images on which that is.</param>
/// <param name="Problems">Sets with something that a person must act on, or that could not be looked at.</param>
internal sealed record PlanSummary(int Sets, int Add, int Remove, int Images, int Problems);

/// <param name="ManagedTagsKnown">False: there is no status, so what an Additive set or a selector would take away is not known.</param>
/// <param name="Held">Nothing is done for the set, and why is in the reason.</param>
internal sealed record PlannedSet(
    string? Namespace, string Name, string File, int Document, string Cloud, string Policy, bool ManagedTagsKnown, bool Held,
        string? Reason, string? Message, IReadOnlyList<PlannedImage> Images)
{
    [JsonIgnore]
    public string FullName => Namespace is null ? Name : $"{Namespace}/{Name}";

    /// <summary>Something that a person must act on, or that could not be looked at.</summary>
    [JsonIgnore]
    public bool HasProblem { get; init; }

    [JsonIgnore]
    public bool HasSelector { get; init; }

    /// <summary>Which of two sets is older decides whose an image is.</summary>
    [JsonIgnore]
    public bool AgeKnown { get; init; }
}

/// <param name="Held">What differs stays as it is, and why is in the reason.</param>
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
    /// <summary>For people too: indented, and no more escaped than JSON needs.</summary>
    public static ReportJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
