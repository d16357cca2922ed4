namespace ImageTagOperator.Planning.Conditions;

/// <summary>Who has to do something about a problem. The order is that of importance: of several problems the first kind is
/// reported.</summary>
public enum ProblemKind
{
    /// <summary>A person.</summary>
    Stalled,

    /// <summary>Nobody: it ends when the image becomes usable.</summary>
    Waiting,

    /// <summary>Nobody: it is tried again soon.</summary>
    Retrying,

    /// <summary>The authors of this program. It is tried again meanwhile.</summary>
    Unforeseen,
}
