namespace ImageTagOperator.Planning.Conditions;

/// <summary>Something that keeps a set from being as declared.</summary>
/// <param name="Message">A sentence for people that names the object, the cause and the remedy.</param>
/// <param name="RetryAfter">How long the cloud asked us to wait, or how long a running write is given; null for the usual growing
/// pause.</param>
public sealed record Problem(Reason Reason, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>Names the place of the credentials, for whoever has to correct them.</summary>
    public Problem Of(string credentials) => Reason == Reason.Transient ? this : this with { Message = $"{credentials}: {Message}" };

    /// <summary>The problem that speaks for several: the first one that a person must act on, else the first one.</summary>
    public static Problem? Worst(IEnumerable<Problem?> problems) =>
        problems.OfType<Problem>().OrderBy(problem => problem.Reason.Kind).FirstOrDefault();

    public ProblemException ToException() => new(this);
}
