using ImageTagOperator.Entities;

namespace ImageTagOperator.Reconciliation;

/// <summary>When a set is looked at again.</summary>
/// <param name="random">0 to 1: spreads sets that were created together over the interval.</param>
public sealed class Pace(Func<double> random)
{
    /// <summary>The operator does not watch Secrets, images or Keystone, so it learns that a cause is gone by looking.</summary>
    private static readonly TimeSpan LongestWithProblem = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);

    /// <summary>The interval plus or minus 10 %; with a problem at most a minute; null when only a new spec helps.</summary>
    public TimeSpan? After(ImageTagSetSpec spec, Problem? problem)
    {
        if (problem is { Reason.NeedsNewSpec: true }) return null;
        var interval = Interval(spec);
        if (problem is not null && !Lasts(problem.Reason) && interval > LongestWithProblem) interval = LongestWithProblem;
        return interval * (0.9 + (0.2 * random()));
    }

    /// <summary>No reason to try more often than usual: a removal that the cloud never manages, one that others undo, an image of others, a
    /// selector that nothing matches, a definition that has to be applied.</summary>
    private static bool Lasts(Reason reason) =>
        reason == Reason.TagNotRemovable || reason == Reason.Contended || reason == Reason.Forbidden || reason == Reason.NoImageMatches
        || reason == Reason.DefinitionOutdated;

    /// <summary>A Retry-After as a pause: at least five seconds, at most the interval, and up to 30 % more, so that not all who were told so come
    /// back at once; null leaves the pause to the backoff.</summary>
    public TimeSpan? NotBefore(ImageTagSetSpec spec, Problem problem) => problem.RetryAfter is not { } asked ? null : Clamp(asked, Interval(spec)) * (1 + (0.3 * random()));

    private static TimeSpan Clamp(TimeSpan asked, TimeSpan longest) => asked < Shortest ? Shortest : asked > longest ? longest : asked;

    /// <summary>The longest pause between two tries of a set that keeps failing.</summary>
    public static TimeSpan Interval(ImageTagSetSpec spec) =>
        GoDuration.Parse(spec.Interval) is { } interval && interval >= SpecRules.MinimumInterval ? interval : TimeSpan.FromMinutes(10);
}
