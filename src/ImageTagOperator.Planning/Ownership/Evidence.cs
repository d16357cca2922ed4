namespace ImageTagOperator.Planning.Ownership;

/// <summary>What is known of an image that a set has tags on and that was not among those found.</summary>
public enum Evidence
{
    /// <summary>It was read by its id where the spec leads, and matches it.</summary>
    Matches,

    /// <summary>It was read by its id, and the spec does not mean it, or means nothing because the set is deleted.</summary>
    MatchesNot,

    /// <summary>It was asked for by its id with credentials of the project that saw it before, and is not there.</summary>
    Gone,

    /// <summary>The credentials lead to another project or cloud than the ones that saw it.</summary>
    CloudChanged,

    /// <summary>No answer.</summary>
    None,
}
