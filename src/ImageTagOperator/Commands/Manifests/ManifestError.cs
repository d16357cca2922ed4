using System.Text.Json.Serialization;

namespace ImageTagOperator.Commands;

/// <summary>Something in a manifest that would not work.</summary>
/// <param name="Document">Its number in the file, from 1 on.</param>
/// <param name="Set"><c>namespace/name</c>, as far as it is given.</param>
/// <param name="Field">Such as <c>spec.tags[2]</c>.</param>
internal sealed record ManifestError(string File, int Document, long Line, string Set, string Field, string Message)
{
    [JsonIgnore]
    public ManifestErrorKind Kind { get; init; }

    public override string ToString() => $"{File}:{Line}: document {Document}{(Set.Length == 0 ? "" : $", ImageTagSet {Set}")}: {Field} {Message}";
}

internal enum ManifestErrorKind
{
    /// <summary>An API server or the operator refuses it.</summary>
    Invalid,

    /// <summary>It is good by itself, and another set is in its way.</summary>
    Conflict,
}
