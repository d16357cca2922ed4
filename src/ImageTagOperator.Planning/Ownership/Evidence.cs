namespace ImageTagOperator.Planning.Ownership;

/// <summary>What is known about an image that carries tags of the set but was not among the images found.</summary>
public enum Evidence
{
    /// <summary>It was read by its id in the cloud of the spec, and matches the spec.</summary>
    Matches,

    /// <summary>It was read by its id and does not match the spec, or the set is being deleted.</summary>
    DoesNotMatch,

    /// <summary>A read by its id, with credentials of the project that saw it before, returned 404.</summary>
    Gone,

    /// <summary>The credentials belong to another project or cloud than those that saw it.</summary>
    CloudChanged,

    /// <summary>No answer.</summary>
    None,
}
