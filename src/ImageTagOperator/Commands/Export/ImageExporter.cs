using System.Text.RegularExpressions;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Commands.Export;

/// <summary>Builds sets that describe the images of a cloud, so that a plan of them finds nothing to do. Pure.</summary>
/// <param name="all">All images that the credentials can see: a name is only usable if no other image has it.</param>
internal sealed partial class ImageExporter(ExportSettings settings, CloudProfile profile, IReadOnlyList<Image> all)
{
    /// <summary>The most names of a selector.</summary>
    private const int MaxNames = 64;

    private const int MaxIgnored = 128;

    private readonly Dictionary<string, int> names = all.GroupBy(image => image.Name ?? "")
        .ToDictionary(group => group.Key, group => group.Count());
    private readonly HashSet<string> usedNames = [];

    /// <summary>The exported images.</summary>
    public IReadOnlyList<Image> Images { get; } =
        [.. ImageChoice.Select(settings.Selector, all).Where(image => settings.Untagged || image.Tags.Count > 0)
            .OrderBy(image => image.Name, StringComparer.Ordinal).ThenBy(image => image.Id, StringComparer.Ordinal)];

    public IEnumerable<V1Alpha1ImageTagSet> Sets() => settings.Grouped
        ? Images.GroupBy(image => string.Join('\n', image.Tags.Order(StringComparer.Ordinal))).SelectMany(group => OfGroup([.. group]))
        : Images.Select(OfImage);

    private IEnumerable<V1Alpha1ImageTagSet> OfGroup(Image[] group)
    {
        if (group.Length == 1) return [OfImage(group[0])];
        return group.Chunk(MaxNames).SelectMany<Image[], V1Alpha1ImageTagSet>(chunk =>
        {
            // The globs may match more images than they were built from; then each image gets its own set.
            var selector = new ImageSelector { Names = [.. chunk.Select(image => image.Name ?? "").Distinct()],
                Status = settings.Selector.Status, Visibility = settings.Selector.Visibility };
            var isExact = !settings.ById && selector.Names.All(name => name.Length is > 0 and <= 255)
                && ImageChoice.Select(selector, all).Select(image => image.Id).ToHashSet().SetEquals(chunk.Select(image => image.Id));
            var name = chunk[0].Tags.Count == 0 ? "untagged" : "tagged-" + string.Join('-', chunk[0].Tags.Order(StringComparer.Ordinal));
            return isExact ? [Set(name, new ImageReference { Selector = selector }, chunk[0])] : chunk.Select(OfImage);
        });
    }

    private V1Alpha1ImageTagSet OfImage(Image image)
    {
        // Community images are not in the lists that names are looked up in.
        var byName = !settings.ById && image.Visibility != "community" && image.Name is { Length: > 0 and <= 255 } name && names[name] == 1;
        return Set(image.Name is { Length: > 0 } text && names[text] == 1 ? text
            : $"{(string.IsNullOrEmpty(image.Name) ? "image" : image.Name)} {image.Id[..8]}", byName
            ? new ImageReference { Name = image.Name } : new ImageReference { Id = image.Id }, image);
    }

    private V1Alpha1ImageTagSet Set(string name, ImageReference reference, Image image)
    {
        var set = new V1Alpha1ImageTagSet
        {
            Metadata = new() { Name = NameOf(name, image.Id), NamespaceProperty = settings.Namespace },
            Spec =
            {
                CloudCredentialsRef = new CloudCredentialsRef { SecretName = settings.SecretName, CloudName = settings.CloudName },
                Image = reference,
                Policy = settings.Policy,
            },
        };
        // A tag that the operator's rules do not allow in spec.tags is ignored instead.
        var ignored = new List<string>();
        foreach (var tag in image.Tags.Order(StringComparer.Ordinal))
        {
            var before = set.Spec.Tags;
            set.Spec.Tags = [.. before, tag];
            if (CloudRules.Check(set.Spec) is null && SpecRules.TagsFit(set.Spec, CloudRules.For(profile)) is null) continue;
            set.Spec.Tags = before;
            ignored.Add(tag.EnumerateRunes().Count() <= 255 ? tag : string.Concat(tag.EnumerateRunes().Take(254)) + "*");
        }

        if (ignored.Count > 0 && settings.Policy == TagPolicy.Exact) set.Spec.IgnoreTags = ignored.Distinct().Count() <= MaxIgnored
            ? [.. ignored.Distinct()] : ["*"];
        return set;
    }

    /// <summary>A unique name for an object.</summary>
    private string NameOf(string text, string id)
    {
        var name = InvalidNameCharacters().Replace(text.ToLowerInvariant(), "-");
        name = string.Join(
            '.', name.Split('.', StringSplitOptions.RemoveEmptyEntries).Select(label => label.Trim('-')).Where(label => label.Length > 0));
        if (name.Length > 60) name = name[..60].TrimEnd('-', '.');
        if (name.Length == 0) name = "image";
        return usedNames.Add(name) ? name : $"{name}-{id}";
    }

    [GeneratedRegex("[^a-z0-9.]+")]
    private static partial Regex InvalidNameCharacters();
}
