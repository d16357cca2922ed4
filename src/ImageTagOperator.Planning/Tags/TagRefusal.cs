namespace ImageTagOperator.Planning.Tags;

/// <summary>Why a tag is not written.</summary>
public enum TagRefusal
{
    /// <summary>It should be removed, but no request can name it.</summary>
    NotAddressable,

    /// <summary>It should be added, but the image has a tag that the cloud's database treats as equal.</summary>
    Collision,

    /// <summary>It should be added, but the image would have more tags than the cloud allows.</summary>
    Quota,
}
