using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Planning.Scheduling;

/// <summary>Decides when a set is reconciled again, and how old a cached reading of the cloud may be for it.</summary>
/// <param name="random">Returns a number from 0 to 1. It spreads sets that were created together over the interval.</param>
public sealed class RequeuePolicy(Func<double> random)
{
    public static readonly TimeSpan MinimumInterval = TimeSpan.FromSeconds(10);

    /// <summary>Used when the interval of a spec cannot be parsed.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(10);

    /// <summary>The fraction by which the interval varies, up and down.</summary>
    private const double Jitter = 0.1;

    /// <summary>A fraction of the interval. It is below the shortest jittered interval, so a set that is alone on its cloud reads at each
    /// reconcile.</summary>
    private const double MaxAgeShare = 1 - (2 * Jitter);

    private static readonly TimeSpan MaximumWithProblem = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MinimumRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>The interval plus or minus 10 %, shortened when the reason of the problem asks for it. Null when only an edit
    /// helps.</summary>
    public TimeSpan? Next(TimeSpan interval, Problem? problem)
    {
        if (problem?.Reason.Requeue == Requeue.OnEdit) return null;
        if (problem?.Reason.Requeue == Requeue.Soon && interval > MaximumWithProblem) interval = MaximumWithProblem;
        return Spread(interval);
    }

    /// <summary>Adds or subtracts up to 10 %, so that sets that start together do not stay together.</summary>
    public TimeSpan Spread(TimeSpan interval) => interval * (1 - Jitter + (2 * Jitter * random()));

    /// <summary>The pause for a Retry-After: at least five seconds, at most the interval, plus up to 30 % so that clients do not all return
    /// at once. Null when the cloud named no time: the backoff applies.</summary>
    public TimeSpan? RetryAfter(TimeSpan interval, Problem problem)
    {
        if (problem.RetryAfter is not { } requested) return null;
        if (requested > interval) requested = interval;
        return (requested < MinimumRetryAfter ? MinimumRetryAfter : requested) * (1 + (0.3 * random()));
    }

    /// <summary>The interval of a spec, or <see cref="DefaultInterval"/> when the text is not a valid one. It is also the longest pause
    /// between two retries of a set that keeps failing.</summary>
    public static TimeSpan Interval(string text) =>
        GoDuration.Parse(text) is { } interval && interval >= MinimumInterval ? interval : DefaultInterval;

    /// <summary>How often the status of an unchanged set records the time of the last verification: each hour, or each interval if that is
    /// longer.</summary>
    public static TimeSpan VerificationInterval(TimeSpan interval) => interval > TimeSpan.FromHours(1) ? interval : TimeSpan.FromHours(1);

    /// <summary>The maximum age of a cached reading of the cloud, which another set requested for, at the next reconcile of a set. A set in
    /// sync can use one almost as old as its interval. A stalled set waits for a person and gains little from a newer one.</summary>
    public static TimeSpan MaxReadingAge(TimeSpan interval, Problem? problem, bool sawImages) => problem switch
    {
        null => interval * MaxAgeShare,
        { Reason.Kind: ProblemKind.Stalled } when sawImages => MaximumWithProblem / 2,
        _ => TimeSpan.Zero,
    };
}
