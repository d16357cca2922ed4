namespace ImageTagOperator.Planning.Conditions;

/// <summary>The result of a reconcile as conditions that kstatus can read. Ready is always present; Reconciling, Stalled and Drifted only
/// while they are true.</summary>
/// <remarks>
/// <code>
///                             | Ready   | second condition
/// ----------------------------+---------+------------
/// in sync                     | True    |
/// drifted, in mode Observe    | False   | Drifted
/// suspended                   | Unknown |
/// writes are in progress      | Unknown | Reconciling
/// problem: Stalled            | False   | Stalled
/// problem: Waiting            | False   | Reconciling
/// problem: Retrying           | Unknown | Reconciling
/// problem: Unforeseen         | Unknown | Stalled
/// </code>
/// </remarks>
/// <param name="Ready">The status of Ready.</param>
/// <param name="SecondCondition">The type of the second condition; null when there is none.</param>
public sealed record Verdict(string Reason, string Message, string Ready, string? SecondCondition)
{
    /// <summary>A command for the user, which ends the message; or null.</summary>
    public string? Remedy { get; private init; }

    private const string Yes = "True";
    private const string No = "False";
    private const string Unknown = nameof(Unknown);

    /// <summary>The reasons that are not problems.</summary>
    public static IReadOnlyList<string> Reasons { get; } = [nameof(InSync), nameof(Drifted), nameof(Suspended), nameof(Progressing)];

    /// <summary>The operator retries or continues by itself. Until then the state of the images is unknown.</summary>
    public bool IsRetried => Ready == Unknown && SecondCondition == Condition.Reconciling;

    /// <summary>The message says what was true before, because the current state is unknown.</summary>
    public bool NeedsHistory => Ready == Unknown && SecondCondition is not null;

    public static Verdict InSync(string message) => new(nameof(InSync), message, Yes, null);

    public static Verdict Drifted(string message) => new(nameof(Drifted), message, No, Condition.Drifted);

    public static Verdict Suspended() => new(
        nameof(Suspended), "spec.suspend is true: the images are neither read nor changed. Set it to false to go on.", Unknown, null);

    public static Verdict Progressing(string message) => new(nameof(Progressing), message, Unknown, Condition.Reconciling);

    /// <param name="remedy"><see cref="Remedy"/>.</param>
    public static Verdict Of(Problem problem, string? remedy = null)
    {
        var (ready, second) = problem.Reason.Kind switch
        {
            ProblemKind.Stalled => (No, Condition.Stalled),
            ProblemKind.Waiting => (No, Condition.Reconciling),
            ProblemKind.Retrying => (Unknown, Condition.Reconciling),
            _ => (Unknown, Condition.Stalled),
        };
        return new(problem.Reason.Name, problem.Message, ready, second) { Remedy = remedy };
    }
}
