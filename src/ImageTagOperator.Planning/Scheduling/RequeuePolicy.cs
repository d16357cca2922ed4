using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Planning.Scheduling;

/// <summary>When a set is reconciled again, and how old what it goes by may be.</summary>
/// <param name="random">0 to 1: spreads sets that were created together over the interval.</param>
public sealed class RequeuePolicy(Func<double> random)
{
    public static readonly TimeSpan MinimumInterval = TimeSpan.FromSeconds(10);

    /// <summary>The interval of a spec that has none that can be read.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(10);

    /// <summary>What the interval varies by, up and down.</summary>
    private const double Jitter = 0.1;

    /// <summary>Of the interval. Below the shortest interval, so that a set that has its cloud for itself reads each time.</summary>
    private const double ShareAge = 1 - (2 * Jitter);

    private static readonly TimeSpan LongestWithProblem = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);

    /// <summary>The interval plus or minus 10 %; with a problem as its reason says; null when only an edit helps.</summary>
    public TimeSpan? Next(TimeSpan interval, Problem? problem)
    {
        if (problem?.Reason.Requeue == Requeue.OnEdit) return null;
        if (problem?.Reason.Requeue == Requeue.Soon && interval > LongestWithProblem) interval = LongestWithProblem;
        return Spread(interval);
    }

    /// <summary>Plus or minus 10 %, so that what begins together does not stay together.</summary>
    public TimeSpan Spread(TimeSpan interval) => interval * (1 - Jitter + (2 * Jitter * random()));

    /// <summary>A Retry-After as a pause: at least five seconds, at most the interval, and up to 30 % more, so that not all who were told
    /// so come back at once; null leaves the pause to the backoff.</summary>
    public TimeSpan? RetryAfter(TimeSpan interval, Problem problem)
    {
        if (problem.RetryAfter is not { } asked) return null;
        if (asked > interval) asked = interval;
        return (asked < Shortest ? Shortest : asked) * (1 + (0.3 * random()));
    }

    /// <summary>The interval of a spec; <see cref="DefaultInterval"/> when the text is none. It is also the longest pause between two tries
    /// of a set that keeps failing.</summary>
    public static TimeSpan Interval(string text) =>
        GoDuration.Parse(text) is { } interval && interval >= MinimumInterval ? interval : DefaultInterval;

    /// <summary>How exact the time of the last verification is in the status of a set that does not change: an hour, or its interval if
    /// that is longer.</summary>
    public static TimeSpan Verification(TimeSpan interval) => interval > TimeSpan.FromHours(1) ? interval : TimeSpan.FromHours(1);

    /// <summary>How old a reading of the cloud may be that another set asked for, at the next reconcile of a set that ended like this: a
    /// set in order only comes round again; one that needs a person has little to gain from a new one.</summary>
    public static TimeSpan ReadingAge(TimeSpan interval, Problem? problem, bool sawImages) => problem switch
    {
        null => interval * ShareAge,
        { Reason.Kind: ProblemKind.Stalled } when sawImages => LongestWithProblem / 2,
        _ => TimeSpan.Zero,
    };
}
