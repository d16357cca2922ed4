using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>What a plan has to know of each kind of cloud.</summary>
public static class CloudRules
{
    private static readonly TagRules OpenStack = new(ImageTag.WhyNotAddressable, ImageTag.Collides, ImageTag.DefaultQuota);

    /// <summary>All profiles are Image API v2 and share its rules for plans; IMS narrows only what may be declared.</summary>
    public static TagRules For(CloudProfile profile) => profile switch
    {
        CloudProfile.OpenStack or CloudProfile.PCD or CloudProfile.IMS => OpenStack,
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, null),
    };
}
