namespace ImageTagOperator.Planning.Conditions;

/// <summary>Something that keeps a set from being in sync.</summary>
/// <param name="Message">A sentence for users: the object, the cause and the fix.</param>
/// <param name="RetryAfter">How long the cloud asked us to wait, how long a write that may still run is given, or how long the cloud's
/// replicas are given. Null for the usual backoff.</param>
public sealed record Problem(Reason Reason, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>Puts the source of the credentials in front of the message, for the person who must correct them.</summary>
    public Problem Of(string credentials) => Reason == Reason.Transient ? this : this with { Message = $"{credentials}: {Message}" };

    /// <summary>The most important of several problems: the first one that a person must act on, else the first one.</summary>
    public static Problem? Worst(IEnumerable<Problem?> problems) =>
        problems.OfType<Problem>().OrderBy(problem => problem.Reason.Kind).FirstOrDefault();

    public ProblemException ToException() => new(this);
}
