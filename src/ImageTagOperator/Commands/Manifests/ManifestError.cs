using System.Text.Json.Serialization;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>An error or warning about a manifest.</summary>
/// <param name="Document">The number of the document in the file, starting at 1.</param>
/// <param name="Set"><c>namespace/name</c>, or what is given of it.</param>
/// <param name="Field">The path of the field, such as <c>spec.tags[2]</c>.</param>
internal sealed record ManifestError(string File, int Document, long Line, string Set, string Field, string Message)
{
    [JsonIgnore]
    public ManifestErrorKind Kind { get; init; }

    /// <summary><c>error</c> or <c>warning</c>.</summary>
    public string Severity => Kind == ManifestErrorKind.Warning ? "warning" : "error";

    public static ManifestError Unreadable(string file, string message) =>
        new(file, 0, 0, "", "", message) { Kind = ManifestErrorKind.Unreadable };

    public static ManifestError Warning(string file, string message) =>
        new(file, 1, 1, "", "the file name", message) { Kind = ManifestErrorKind.Warning };

    public override string ToString() => Kind == ManifestErrorKind.Unreadable ? Message
        : $"{File}:{Line}: document {Document}{(Set.Length == 0 ? "" : $", ImageTagSet {Set}")}: {Field} {Message}";
}

internal enum ManifestErrorKind
{
    /// <summary>An API server or the operator rejects it.</summary>
    Invalid,

    /// <summary>A file is not valid YAML; the message names the position.</summary>
    Unreadable,

    /// <summary>It works, but is rarely intended.</summary>
    Warning,

    /// <summary>It is valid, but conflicts with another set.</summary>
    Conflict,
}
