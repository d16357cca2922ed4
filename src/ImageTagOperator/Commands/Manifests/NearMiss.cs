using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Schema.Validation;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>Detects objects that are meant to be an ImageTagSet but have a typo in kind or apiVersion.</summary>
internal static class NearMiss
{
    private const string Kind = V1Alpha1ImageTagSet.KindName;
    private const string Group = V1Alpha1ImageTagSet.Group;

    /// <summary>The most wrong letters.</summary>
    private const int MaxTypos = 2;

    /// <summary>Whether the text can contain such an object.</summary>
    public static bool CanBeIn(string text) =>
        text.Contains("imagetag", StringComparison.OrdinalIgnoreCase) || text.Contains("image-tag", StringComparison.OrdinalIgnoreCase);

    /// <summary>The wrong field and the message about it; null for other objects.</summary>
    public static (string Field, string Message)? Of(string? kind, string? version)
    {
        var group = version?.Split('/')[0];
        if (kind == Kind)
        {
            return group is null ? ("apiVersion", $"is missing; write {Group}/{V1Alpha1ImageTagSet.Version}.")
                : Similarity.Distance(group.ToUpperInvariant(), Group.ToUpperInvariant()) <= MaxTypos
                    ? ("apiVersion", $"is {version}; did you mean {Group}/{V1Alpha1ImageTagSet.Version}?")
                : null;
        }

        return group != Group ? null
            : kind is null ? ("kind", $"is missing; write {Kind}.")
            : Similarity.Distance(kind.ToUpperInvariant(), Kind.ToUpperInvariant()) <= MaxTypos
                ? ("kind", $"is {kind}; did you mean {Kind}?")
            : null;
    }
}
