namespace ImageTagOperator.Planning.Ownership;

/// <summary>What becomes of the tags on an image that was not among those found.</summary>
public enum Release
{
    /// <summary>It counts as found: the list was not complete.</summary>
    Keep,

    /// <summary>The managed tags are removed, or what was there before is restored.</summary>
    LetGo,

    /// <summary>The tags stay and belong to nobody.</summary>
    Retain,

    /// <summary>There is nothing left to do.</summary>
    Forget,

    /// <summary>The tags stay the set's, and it says so.</summary>
    Hold,

    /// <summary>It is tried again.</summary>
    TryAgain,
}
