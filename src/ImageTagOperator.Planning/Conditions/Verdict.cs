namespace ImageTagOperator.Planning.Conditions;

/// <summary>How a set is, in conditions as kstatus reads them: Ready is always there; Reconciling, Stalled and Drifted only while
/// true.</summary>
/// <remarks>
/// <code>
///                             | Ready   | beside it
/// ----------------------------+---------+------------
/// in sync                     | True    |
/// drifted, in mode Observe    | False   | Drifted
/// suspended                   | Unknown |
/// writes are under way        | Unknown | Reconciling
/// problem: Stalled            | False   | Stalled
/// problem: Waiting            | False   | Reconciling
/// problem: Retrying           | Unknown | Reconciling
/// problem: Unforeseen         | Unknown | Stalled
/// </code>
/// </remarks>
/// <param name="Ready">The status of Ready.</param>
/// <param name="Beside">The type of the other condition; null when there is none.</param>
public sealed record Verdict(string Reason, string Message, string Ready, string? Beside)
{
    /// <summary>What a person can type, which comes last; or null.</summary>
    public string? Remedy { get; private init; }

    private const string Yes = "True";
    private const string No = "False";
    private const string Unknown = nameof(Unknown);

    /// <summary>Reasons that are no problems.</summary>
    public static IReadOnlyList<string> Reasons { get; } = [nameof(InSync), nameof(Drifted), nameof(Suspended), nameof(Progressing)];

    /// <summary>It is tried again, or goes on, by itself; how the images are is not known meanwhile.</summary>
    public bool IsRetried => Ready == Unknown && Beside == Condition.Reconciling;

    /// <summary>What was true before is of use to the reader, because what is true now is not known.</summary>
    public bool NeedsHistory => Ready == Unknown && Beside is not null;

    public static Verdict InSync(string message) => new(nameof(InSync), message, Yes, null);

    public static Verdict Drifted(string message) => new(nameof(Drifted), message, No, Condition.Drifted);

    public static Verdict Suspended() => new(
        nameof(Suspended), "spec.suspend is true: the images are neither read nor changed. Set it to false to go on.", Unknown, null);

    public static Verdict Progressing(string message) => new(nameof(Progressing), message, Unknown, Condition.Reconciling);

    /// <param name="remedy"><see cref="Remedy"/>.</param>
    public static Verdict Of(Problem problem, string? remedy = null)
    {
        var (ready, beside) = problem.Reason.Kind switch
        {
            ProblemKind.Stalled => (No, Condition.Stalled),
            ProblemKind.Waiting => (No, Condition.Reconciling),
            ProblemKind.Retrying => (Unknown, Condition.Reconciling),
            _ => (Unknown, Condition.Stalled),
        };
        return new(problem.Reason.Name, problem.Message, ready, beside) { Remedy = remedy };
    }
}
