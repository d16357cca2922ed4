using System.Text.Json.Serialization;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>Something in a manifest that would not work.</summary>
/// <param name="Document">Its number in the file, from 1 on.</param>
/// <param name="Set"><c>namespace/name</c>, as far as it is given.</param>
/// <param name="Field">Such as <c>spec.tags[2]</c>.</param>
internal sealed record ManifestError(string File, int Document, long Line, string Set, string Field, string Message)
{
    [JsonIgnore]
    public ManifestErrorKind Kind { get; init; }

    /// <summary><c>error</c>, or <c>warning</c> for what works and is hardly meant.</summary>
    public string Severity => Kind == ManifestErrorKind.Doubtful ? "warning" : "error";

    public static ManifestError Unreadable(string file, string message) =>
        new(file, 0, 0, "", "", message) { Kind = ManifestErrorKind.Unreadable };

    public static ManifestError Warning(string file, string message) =>
        new(file, 1, 1, "", "the file name", message) { Kind = ManifestErrorKind.Doubtful };

    public override string ToString() => Kind == ManifestErrorKind.Unreadable ? Message
        : $"{File}:{Line}: document {Document}{(Set.Length == 0 ? "" : $", ImageTagSet {Set}")}: {Field} {Message}";
}

internal enum ManifestErrorKind
{
    /// <summary>An API server or the operator refuses it.</summary>
    Invalid,

    /// <summary>A whole file is no YAML; the message names the place.</summary>
    Unreadable,

    /// <summary>It would work, and is hardly meant so.</summary>
    Doubtful,

    /// <summary>It is good by itself, and another set is in its way.</summary>
    Conflict,
}
