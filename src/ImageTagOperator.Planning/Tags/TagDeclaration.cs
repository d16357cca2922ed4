using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Planning.Tags;

/// <summary>What a set declares for each of its images.</summary>
/// <param name="Tags">The tags that must be on the image.</param>
/// <param name="Policy">What happens to tags that are not declared.</param>
/// <param name="IgnoreTags">Globs of tags that <see cref="TagPolicy.Exact"/> leaves alone.</param>
public sealed record TagDeclaration(IReadOnlyCollection<string> Tags, TagPolicy Policy, IReadOnlyCollection<string> IgnoreTags)
{
    /// <summary>Declares no tags, so that only the removal of the managed tags remains.</summary>
    public static TagDeclaration Nothing { get; } = new([], TagPolicy.Additive, []);
}
