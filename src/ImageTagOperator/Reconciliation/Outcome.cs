namespace ImageTagOperator.Reconciliation;

/// <summary>How a reconcile of one set ended.</summary>
/// <param name="Images">One result for each image that the set applies to; null when that is not known.</param>
/// <param name="Departed">One for each image that it no longer applies to and that had tags to give up.</param>
/// <param name="Problem">What kept the whole set from being looked at; problems of single images are in their results.</param>
public sealed record Outcome(IReadOnlyList<ImageResult>? Images, IReadOnlyList<ImageResult> Departed, string? Endpoint, Problem? Problem)
{
    public bool IsSuspended { get; private init; }

    public static Outcome Suspended { get; } = new(null, [], null, null) { IsSuspended = true };

    public static Outcome Failed(Problem problem) => new(null, [], null, problem);

    public IEnumerable<ImageResult> All => (Images ?? []).Concat(Departed);

    public bool ChangedAnything => All.Any(result => result.Added.Count + result.Removed.Count > 0);

    /// <summary>The problem that speaks for the set: the first one that a person must act on, else the first one.</summary>
    public Problem? Worst => Problem ?? All.Select(result => result.Problem).OfType<Problem>().OrderBy(problem => problem.Reason.Kind).FirstOrDefault();
}
