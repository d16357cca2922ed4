using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>What a plan has to know of each kind of cloud.</summary>
public static class CloudRules
{
    private static readonly TagRules OpenStack = new(ImageTag.WhyNotAddressable, ImageTag.Collides);

    private static readonly TagRules Ims = new(tag => ImageTag.WhyNotAddressable(tag) ?? ImsTag.WhyNotAllowed(tag), ImsTag.HaveSameKey)
    {
        Replaces = (added, other) => ImsTag.Split(added).Value is not null && ImsTag.HaveSameKey(added, other),
        CollisionIn = "the value",
    };

    public static TagRules For(CloudProfile profile) => profile switch
    {
        CloudProfile.OpenStack or CloudProfile.PCD => OpenStack,
        CloudProfile.IMS => Ims,
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, null),
    };
}
