namespace ImageTagOperator.Planning.Ownership;

/// <summary>What happens to the tags on an image that was not among the images found.</summary>
public enum Release
{
    /// <summary>The image counts as found: the list was incomplete.</summary>
    Keep,

    /// <summary>The managed tags are removed, or the original tags are restored.</summary>
    CleanUp,

    /// <summary>The tags stay and nobody manages them any more.</summary>
    Retain,

    /// <summary>There is nothing left to do.</summary>
    Forget,

    /// <summary>The set keeps managing the tags and reports a problem.</summary>
    Block,

    /// <summary>The operator retries later.</summary>
    Retry,
}
