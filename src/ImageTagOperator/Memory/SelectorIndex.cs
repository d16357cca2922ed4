using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Memory;

/// <summary>An index of the sets with a selector, by what the names of their images begin with. So an image is compared with a few
/// selectors, not with all.</summary>
internal sealed class SelectorIndex
{
    private readonly SetIndex byPrefix = new(StringComparer.Ordinal);

    /// <summary>The lengths that prefixes have or had, at most the length of the longest glob.</summary>
    private readonly SortedSet<int> lengths = [];

    /// <summary>The sets whose selector can match an image of this name.</summary>
    public IEnumerable<NamespacedName> Candidates(string? name)
    {
        var text = name ?? "";
        return lengths.TakeWhile(length => length <= text.Length).SelectMany(length => byPrefix[text[..length]]).Distinct();
    }

    /// <summary>Replaces the selector of a set.</summary>
    public void Move(NamespacedName set, ImageSelector? before, ImageSelector? after)
    {
        var prefixes = Prefixes(after);
        lengths.UnionWith(prefixes.Select(prefix => prefix.Length));
        byPrefix.Move(set, Prefixes(before), prefixes);
    }

    private static HashSet<string> Prefixes(ImageSelector? selector) =>
        selector is null ? [] : selector.Names is { } globs ? [.. globs.Select(TagGlob.Prefix)] : [""];
}
