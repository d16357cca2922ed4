using System.Text.RegularExpressions;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>What a spec must hold: what its schema can say too, for an object can be older than the schema, and what it cannot. The rules are
/// asked in order; the first that complains is heard.</summary>
public static partial class SpecRules
{
    private const int LongestText = 255;

    public static readonly TimeSpan MinimumInterval = TimeSpan.FromSeconds(10);

    private static readonly Func<ImageTagSetSpec, Problem?>[] Rules =
    [
        spec => NameOfSecret().IsMatch(spec.CloudCredentialsRef.SecretName) ? null : Invalid($"spec.cloudCredentialsRef.secretName '{spec.CloudCredentialsRef.SecretName}' is not the name of a Secret."),
        spec => TextFits("spec.cloudCredentialsRef.cloudName", spec.CloudCredentialsRef.CloudName, 256),
        ExactlyOneImageReference,
        ImageIdIsUuid,
        spec => TextFits("spec.image.name", spec.Image.Name, LongestText),
        spec => spec.Image.Selector is { } selector ? SelectorIsBounded(selector) : null,
        TagsAreWritable,
        spec => TagsFit(spec, spec.CloudCredentialsRef.Profile),
        NoTwoTagsCollide,
        TagsWithinLimit,
        spec => ListFits("spec.ignoreTags", spec.IgnoreTags, 0, 128, 0),
        SelectorTagsStay,
        spec => spec.MaxRemovals < 0 ? Invalid($"spec.maxRemovals {spec.MaxRemovals} is below 0.") : null,
        IntervalIsLongEnough,
    ];

    public static Problem? Check(ImageTagSetSpec spec) => Rules.Select(rule => rule(spec)).FirstOrDefault(problem => problem is not null);

    private static Problem? ExactlyOneImageReference(ImageTagSetSpec spec)
    {
        var given = new object?[] { spec.Image.Id, spec.Image.Name, spec.Image.Selector }.Count(part => part is not null);
        return given == 1 ? null : Invalid($"spec.image must have exactly one of id, name and selector, and has {given} of them.");
    }

    private static Problem? ImageIdIsUuid(ImageTagSetSpec spec) =>
        spec.Image.Id is null || Guid.TryParseExact(spec.Image.Id, "D", out _) ? null : Invalid($"spec.image.id '{spec.Image.Id}' is not a UUID.");

    private static Problem? SelectorIsBounded(ImageSelector selector) =>
        selector is { Names: null, Owner: null, Visibility: null, Status: null, Tags: null, Properties: null, Newest: null }
            ? Invalid("spec.image.selector has no condition, and would match every image. Give it at least one.")
            : selector.Properties is { Count: 0 } ? Invalid("spec.image.selector.properties is empty. Name at least one, or leave it out.")
            : ListFits("spec.image.selector.names", selector.Names, 1, 64, 1)
                ?? TextFits("spec.image.selector.owner", selector.Owner, LongestText)
                ?? TextFits("spec.image.selector.status", selector.Status, 64)
                ?? ListFits("spec.image.selector.tags", selector.Tags, 1, 64, 1)
                ?? (selector.Newest is < 1 or > ImageSelection.Limit ? Invalid($"spec.image.selector.newest {selector.Newest} is not between 1 and {ImageSelection.Limit}.") : null);

    private static Problem? TextFits(string field, string? text, int longest, int shortest = 1) =>
        text is null || (Length(text) >= shortest && Length(text) <= longest) ? null : Invalid($"{field} '{Cut(text)}' must have {shortest} to {longest} characters, and has {Length(text)}.");

    private static Problem? ListFits(string field, IReadOnlyList<string>? items, int fewest, int most, int shortest) =>
        items is null ? null
        : items.Count < fewest || items.Count > most ? Invalid($"{field} must have {fewest} to {most} items, and has {items.Count}.")
        : items.GroupBy(item => item).FirstOrDefault(same => same.Count() > 1) is { } twice ? Invalid($"{field} '{twice.Key}' is there more than once. Leave one out.")
        : items.Select(item => TextFits(field, item, LongestText, shortest)).FirstOrDefault(problem => problem is not null);

    /// <summary>As a schema counts: code points.</summary>
    private static int Length(string text) => text.EnumerateRunes().Count();

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "...";

    private static Problem? TagsAreWritable(ImageTagSetSpec spec) =>
        spec.Tags.Select(tag => WhyNotWritable(tag) is { } why ? Invalid($"spec.tags '{tag}' {why}. Choose another tag.") : null).FirstOrDefault(p => p is not null);

    private static string? WhyNotWritable(string tag) =>
        ImageTag.WhyNotAddressable(tag) ?? (tag[0] == ' ' || tag[^1] == ' ' ? "begins or ends with a blank, which clouds do not keep apart from the tag without it" : null);

    /// <summary>What a kind of cloud takes. Asked again when the cloud turns out to be of another kind than the spec says.</summary>
    public static Problem? TagsFit(ImageTagSetSpec spec, CloudProfile profile)
    {
        if (profile != CloudProfile.IMS) return null;
        if (spec.Tags.FirstOrDefault(tag => ImsTag.WhyNotAllowed(tag) is not null) is { } tag) return Invalid($"spec.tags '{tag}': an IMS tag {ImsTag.WhyNotAllowed(tag)}.");
        if (spec.Tags.Count(tag => ImsTag.Split(tag).Value is not null) > ImsTag.MostWithValue) return Invalid($"spec.tags has more than {ImsTag.MostWithValue} tags with a value, and an IMS image can have no more.");
        var twice = spec.Tags.GroupBy(tag => ImsTag.Split(tag).Key).FirstOrDefault(tags => tags.Count() > 1);
        return twice is null ? null : Invalid($"spec.tags {string.Join(" and ", twice.Select(tag => $"'{tag}'"))} have one key, which has one value in IMS. Leave one out.");
    }

    private static Problem? NoTwoTagsCollide(ImageTagSetSpec spec)
    {
        for (var i = 0; i < spec.Tags.Count; i++)
        {
            for (var j = i + 1; j < spec.Tags.Count; j++)
            {
                if (spec.Tags[i] == spec.Tags[j] || ImageTag.Collides(spec.Tags[i], spec.Tags[j]))
                {
                    return Invalid($"spec.tags '{spec.Tags[i]}' and '{spec.Tags[j]}' are equal but for case, which clouds do not keep apart. Leave one out.");
                }
            }
        }

        return null;
    }

    /// <summary>As the definition's schema has it. What an image can hold is the cloud's to say.</summary>
    private const int MostTags = 128;

    private static Problem? TagsWithinLimit(ImageTagSetSpec spec) =>
        spec.Tags.Count <= MostTags
            ? null
            : Invalid($"spec.tags has {spec.Tags.Count} tags; a set can declare at most {MostTags}. Split the set, with policy Additive.");

    /// <summary>Otherwise the set takes from its images what it knows them by, and with that all that it put on them.</summary>
    private static Problem? SelectorTagsStay(ImageTagSetSpec spec) =>
        spec is { Policy: TagPolicy.Exact, Image.Selector.Tags: { } needed }
        && needed.FirstOrDefault(tag => !spec.Tags.Contains(tag) && !(spec.IgnoreTags ?? []).Any(glob => TagGlob.IsMatch(glob, tag))) is { } lost
            ? Invalid($"spec.image.selector.tags '{lost}' would be removed by policy Exact, and the images would no longer match. Add it to spec.tags or spec.ignoreTags, or use policy Additive.")
            : null;

    private static Problem? IntervalIsLongEnough(ImageTagSetSpec spec) => GoDuration.Parse(spec.Interval) switch
    {
        null => Invalid($"spec.interval '{spec.Interval}' is not a duration such as 30s, 10m or 1h30m."),
        { } interval when interval < MinimumInterval => Invalid($"spec.interval '{spec.Interval}' is below the minimum of 10s."),
        _ => null,
    };

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\z")]
    private static partial Regex NameOfSecret();

    private static Problem Invalid(string message) => new(Reason.InvalidSpec, message);
}
