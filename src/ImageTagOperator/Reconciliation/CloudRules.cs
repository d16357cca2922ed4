using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>The tag rules of each cloud profile.</summary>
public static class CloudRules
{
    private static readonly TagRules OpenStack = new(ImageTag.WhyNotAddressable, ImageTag.Collides);

    private static readonly TagRules Ims = new(tag => ImageTag.WhyNotAddressable(tag) ?? ImsTag.WhyNotAllowed(tag), ImsTag.HaveSameKey)
    {
        Replaces = (added, other) => ImsTag.Split(added).Value is not null && ImsTag.HaveSameKey(added, other),
        WhyNotDeclared = WhyNotInIms,
        CollisionIn = "the value",
    };

    private static readonly SpecRules Specs = new(OpenStack);

    public static TagRules For(CloudProfile profile) => profile switch
    {
        CloudProfile.OpenStack or CloudProfile.PCD => OpenStack,
        CloudProfile.IMS => Ims,
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, null),
    };

    /// <summary>Validates a spec; null when it is valid.</summary>
    public static Problem? Check(ImageTagSetSpec spec) => Specs.Check(spec, For(spec.CloudCredentialsRef.Profile));

    private static string? WhyNotInIms(IReadOnlyList<string> tags)
    {
        if (tags.FirstOrDefault(tag => ImsTag.WhyNotAllowed(tag) is not null) is { } bad)
        {
            return SpecRule.ImsTakesTags.Violation($"'{bad}'");
        }

        if (tags.Count(tag => ImsTag.Split(tag).Value is not null) > ImsTag.MaxTagsWithValue) return SpecRule.ImsTakesFewValues.Message;
        var twice = tags.GroupBy(tag => ImsTag.Split(tag).Key).FirstOrDefault(same => same.Count() > 1);
        return twice is null ? null
            : SpecRule.ImsTakesOneTagOfAKey.Violation(string.Join(" and ", twice.Select(tag => $"'{tag}'")));
    }
}
