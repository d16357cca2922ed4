namespace ImageTagOperator.Planning.Tags;

/// <summary>Why a tag is not written.</summary>
public enum TagRefusal
{
    /// <summary>It should go, but no call can name it.</summary>
    NotAddressable,

    /// <summary>It should come, but the image holds one that the cloud's database takes for the same.</summary>
    Collision,

    /// <summary>It should come, but the image would hold more tags than the cloud allows.</summary>
    Quota,
}
