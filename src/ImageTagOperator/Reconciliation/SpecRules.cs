using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;

namespace ImageTagOperator.Reconciliation;

/// <summary>What a spec must hold beyond what its schema can say, and, for a clear message, what the schema says too: an object can be older
/// than the schema. The rules are asked in order; the first that complains is heard.</summary>
public static class SpecRules
{
    public static readonly TimeSpan MinimumInterval = TimeSpan.FromSeconds(10);

    private static readonly Func<ImageTagSetSpec, Problem?>[] Rules =
    [
        ExactlyOneImageReference,
        ImageIdIsUuid,
        NoSelectorYet,
        NoImsKeyValueYet,
        TagsAreWritable,
        TagsFitTheProfile,
        NoTwoTagsCollide,
        TagsWithinQuota,
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

    private static Problem? NoSelectorYet(ImageTagSetSpec spec) =>
        spec.Image.Selector is null ? null : NotSupported("spec.image.selector is not supported by this version; use spec.image.id or spec.image.name.");

    private static Problem? NoImsKeyValueYet(ImageTagSetSpec spec) =>
        spec.CloudCredentialsRef.Profile == CloudProfile.IMS && spec.Tags.FirstOrDefault(tag => tag.Contains('=')) is { } tag
            ? NotSupported($"spec.tags '{tag}': tags with a value (key=value) are not supported by this version; use tags without '='.")
            : null;

    private static Problem? TagsAreWritable(ImageTagSetSpec spec) =>
        spec.Tags.Select(tag => WhyNotWritable(tag) is { } why ? Invalid($"spec.tags '{tag}' {why}. Choose another tag.") : null).FirstOrDefault(p => p is not null);

    private static string? WhyNotWritable(string tag) =>
        ImageTag.WhyNotAddressable(tag) ?? (tag[0] == ' ' || tag[^1] == ' ' ? "begins or ends with a blank, which clouds do not keep apart from the tag without it" : null);

    private static Problem? TagsFitTheProfile(ImageTagSetSpec spec) =>
        spec.CloudCredentialsRef.Profile == CloudProfile.IMS
        && spec.Tags.FirstOrDefault(tag => !tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')) is { } tag
            ? Invalid($"spec.tags '{tag}': an IMS tag may hold letters, digits, '_' and '-' only.")
            : null;

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

    private static Problem? TagsWithinQuota(ImageTagSetSpec spec) =>
        spec.Tags.Count <= ImageTag.DefaultQuota ? null : Invalid($"spec.tags has {spec.Tags.Count} tags; an image holds at most {ImageTag.DefaultQuota}.");

    private static Problem? IntervalIsLongEnough(ImageTagSetSpec spec) => GoDuration.Parse(spec.Interval) switch
    {
        null => Invalid($"spec.interval '{spec.Interval}' is not a duration such as 30s, 10m or 1h30m."),
        { } interval when interval < MinimumInterval => Invalid($"spec.interval '{spec.Interval}' is below the minimum of 10s."),
        _ => null,
    };

    private static Problem Invalid(string message) => new(Reason.InvalidSpec, message);

    private static Problem NotSupported(string message) => new(Reason.NotSupported, message);
}
