using System.Text.RegularExpressions;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Planning.Selection;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Specs;

/// <summary>Validates a spec. It also checks what the schema can express, because an object can be older than the schema. The rules are
/// checked in order and the first problem is reported.</summary>
/// <param name="common">The tag rules that hold for every cloud.</param>
public sealed partial class SpecRules(TagRules common)
{
    private const int MaxTextLength = 255;

    /// <summary>The same as in the CRD's schema. The limit of an image is up to the cloud.</summary>
    private const int MaxTags = 128;

    /// <param name="cloud">The tag rules of the cloud that the spec names.</param>
    public Problem? Check(ITagSetSpec spec, TagRules cloud) => Problems(spec, cloud).FirstOrDefault(problem => problem is not null);

    /// <summary>Whether this kind of cloud accepts the tags. Checked again when the cloud turns out to be of another kind than the spec
    /// says.</summary>
    public static Problem? TagsFit(ITagSetSpec spec, TagRules cloud) => cloud.WhyNotDeclared(spec.Tags) is { } why ? Invalid(why) : null;

    private IEnumerable<Problem?> Problems(ITagSetSpec spec, TagRules cloud)
    {
        yield return NameOfSecret().IsMatch(spec.SecretName)
            ? null
            : Invalid($"spec.cloudCredentialsRef.secretName '{spec.SecretName}' is not the name of a Secret. "
                + "Use lower case letters, digits, '-' and '.'.");
        yield return TextFits("spec.cloudCredentialsRef.cloudName", spec.CloudName, 256);
        yield return ExactlyOneImageReference(spec.Image);
        yield return ImageIdIsUuid(spec.Image.Id);
        yield return TextFits("spec.image.name", spec.Image.Name, MaxTextLength);
        yield return SelectorIsBounded(spec.Image.Selector);
        yield return TagsAreWritable(spec.Tags);
        yield return TagsFit(spec, cloud);
        yield return NoTwoTagsCollide(spec.Tags);
        yield return TagsWithinLimit(spec.Tags);
        yield return ListFits("spec.ignoreTags", spec.IgnoreTags, 0, 128, 0);
        yield return SelectorTagsStay(spec);
        yield return spec.MaxRemovals < 0 ? Invalid($"spec.maxRemovals {spec.MaxRemovals} is below 0.") : null;
        yield return IntervalIsLongEnough(spec.Interval);
    }

    private static Problem? ExactlyOneImageReference(IImageReference image)
    {
        var given = new object?[] { image.Id, image.Name, image.Selector }.Count(part => part is not null);
        return given == 1 ? null : Invalid(SpecRule.OneImageReference.Message);
    }

    private static Problem? ImageIdIsUuid(string? id) =>
        id is null || Guid.TryParseExact(id, "D", out _) ? null : Invalid($"spec.image.id '{id}' is not a UUID.");

    private static Problem? SelectorIsBounded(IImageSelector? selector) => selector switch
    {
        null => null,
        { Names: null, Owner: null, Visibility: null, Status: null, Tags: null, Properties: null, Newest: null } =>
            Invalid("spec.image.selector has no condition, and would match every image. Give it at least one."),
        { Properties.Count: 0 } => Invalid("spec.image.selector.properties is empty. Name at least one, or leave it out."),
        { Newest: < 1 or > ImageSelection.Limit } =>
            Invalid($"spec.image.selector.newest {selector.Newest} is not between 1 and {ImageSelection.Limit}."),
        _ => ListFits("spec.image.selector.names", selector.Names, 1, 64, 1)
            ?? TextFits("spec.image.selector.owner", selector.Owner, MaxTextLength)
            ?? TextFits("spec.image.selector.status", selector.Status, 64)
            ?? ListFits("spec.image.selector.tags", selector.Tags, 1, 64, 1),
    };

    private static Problem? TextFits(string field, string? text, int longest, int shortest = 1) =>
        text is null || (Length(text) >= shortest && Length(text) <= longest)
            ? null
            : Invalid($"{field} '{Shorten(text)}' must have {shortest} to {longest} characters, and has {Length(text)}.");

    private static Problem? ListFits(string field, IReadOnlyList<string>? items, int fewest, int most, int shortest)
    {
        if (items is null) return null;
        if (items.Count < fewest || items.Count > most) return Invalid(
            $"{field} must have {fewest} to {most} items, and has {items.Count}.");
        var twice = items.GroupBy(item => item).FirstOrDefault(same => same.Count() > 1);
        return twice is not null
            ? Invalid($"{field} '{twice.Key}' is there more than once. Leave one out.")
            : items.Select(item => TextFits(field, item, MaxTextLength, shortest)).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>Counts code points, as a schema does.</summary>
    private static int Length(string text) => text.EnumerateRunes().Count();

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "...";

    private Problem? TagsAreWritable(IReadOnlyList<string> tags) => tags
        .Select(tag => WhyNotWritable(tag) is { } why ? Invalid($"spec.tags '{tag}' {why}. Choose another tag.") : null)
        .FirstOrDefault(problem => problem is not null);

    private string? WhyNotWritable(string tag) => common.WhyNotAddressable(tag)
        ?? (tag[0] == ' ' || tag[^1] == ' ' ? "begins or ends with a blank, which clouds do not keep apart from the tag without it" : null);

    private Problem? NoTwoTagsCollide(IReadOnlyList<string> tags)
    {
        for (var i = 0; i < tags.Count; i++)
        {
            for (var j = i + 1; j < tags.Count; j++)
            {
                if (tags[i] == tags[j]) return Invalid($"spec.tags '{tags[i]}' is there more than once. Leave one out.");
                if (!common.Collides(tags[i], tags[j])) continue;
                return Invalid(SpecRule.TagsDifferInMoreThanCase.Violation($"'{tags[i]}' and '{tags[j]}'"));
            }
        }

        return null;
    }

    private static Problem? TagsWithinLimit(IReadOnlyList<string> tags) => tags.Count <= MaxTags
        ? null
        : Invalid($"spec.tags has {tags.Count} tags; a set can declare at most {MaxTags}. Split the set, with policy Additive.");

    private static Problem? SelectorTagsStay(ITagSetSpec spec)
    {
        if (spec is not { Policy: TagPolicy.Exact, Image.Selector.Tags: { } needed }) return null;
        var lost = needed.FirstOrDefault(
            tag => !spec.Tags.Contains(tag) && !(spec.IgnoreTags ?? []).Any(glob => TagGlob.IsMatch(glob, tag)));
        return lost is null ? null : Invalid(SpecRule.SelectorTagsStay.Violation($"'{lost}'"));
    }

    private static Problem? IntervalIsLongEnough(string text) => GoDuration.Parse(text) switch
    {
        null => Invalid($"spec.interval '{text}' is not a duration such as 30s, 10m or 1h30m."),
        { } interval when interval < RequeuePolicy.MinimumInterval => Invalid(SpecRule.IntervalIsLongEnough.Violation($"'{text}'")),
        _ => null,
    };

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\z")]
    private static partial Regex NameOfSecret();

    private static Problem Invalid(string message) => new(Reason.InvalidSpec, message);
}
