using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Planning.Tags;

/// <summary>What a set wants of each of its images.</summary>
/// <param name="Tags">Must be there.</param>
/// <param name="Policy">What to do about tags that are not declared.</param>
/// <param name="IgnoreTags">Globs of tags that <see cref="TagPolicy.Exact"/> leaves alone.</param>
public sealed record TagDeclaration(IReadOnlyCollection<string> Tags, TagPolicy Policy, IReadOnlyCollection<string> IgnoreTags)
{
    /// <summary>Wants nothing: what remains is to take away what is managed.</summary>
    public static TagDeclaration Nothing { get; } = new([], TagPolicy.Additive, []);
}
