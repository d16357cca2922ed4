using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Schema.Validation;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>An object that is meant to be an ImageTagSet and is none, for a slip of the pen.</summary>
internal static class NearMiss
{
    private const string Kind = V1Alpha1ImageTagSet.KindName;
    private const string Group = V1Alpha1ImageTagSet.Group;

    /// <summary>Letters that may be wrong.</summary>
    private const int Slips = 2;

    /// <summary>What must be in a text that has one.</summary>
    public static bool MayBeIn(string text) =>
        text.Contains("imagetag", StringComparison.OrdinalIgnoreCase) || text.Contains("image-tag", StringComparison.OrdinalIgnoreCase);

    /// <summary>The field that is wrong and what to say of it; or null.</summary>
    public static (string Field, string Message)? Of(string? kind, string? version)
    {
        var group = version?.Split('/')[0];
        if (kind == Kind)
        {
            return group is null ? ("apiVersion", $"is missing; write {Group}/{V1Alpha1ImageTagSet.Version}.")
                : Similarity.Distance(group.ToUpperInvariant(), Group.ToUpperInvariant()) <= Slips
                    ? ("apiVersion", $"is {version}; did you mean {Group}/{V1Alpha1ImageTagSet.Version}?")
                : null;
        }

        return group != Group ? null
            : kind is null ? ("kind", $"is missing; write {Kind}.")
            : Similarity.Distance(kind.ToUpperInvariant(), Kind.ToUpperInvariant()) <= Slips ? ("kind", $"is {kind}; did you mean {Kind}?")
            : null;
    }
}
