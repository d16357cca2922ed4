namespace ImageTagOperator.Planning.Conditions;

/// <summary>Who must act on a problem. In order of importance: of several problems, the one with the first kind is reported.</summary>
public enum ProblemKind
{
    /// <summary>A person.</summary>
    Stalled,

    /// <summary>Nobody: it ends when the image becomes active.</summary>
    Waiting,

    /// <summary>Nobody: the operator retries soon.</summary>
    Retrying,

    /// <summary>The authors of the operator. The operator retries meanwhile.</summary>
    Unforeseen,
}
