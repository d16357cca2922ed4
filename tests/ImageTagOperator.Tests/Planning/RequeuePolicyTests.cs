using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Scheduling;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

public sealed class RequeuePolicyTests
{
    private TimeSpan interval = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(0, 540)]
    [InlineData(0.5, 600)]
    [InlineData(1, 660)]
    public void Sets_in_sync_are_spread_over_the_interval(double random, double seconds) =>
        Assert.Equal(seconds, new RequeuePolicy(() => random).Next(interval, null)!.Value.TotalSeconds, 3);

    [Fact]
    public void A_cause_that_can_be_removed_at_any_time_is_checked_each_minute()
    {
        Assert.Equal(TimeSpan.FromMinutes(1), After(Reason.SecretNotFound));
        Assert.Equal(TimeSpan.FromMinutes(1), After(Reason.CredentialsRejected));
        interval = TimeSpan.FromSeconds(30);
        Assert.Equal(TimeSpan.FromSeconds(30), After(Reason.CredentialsRejected));
    }

    [Fact]
    public void A_problem_that_only_an_edit_can_fix_is_not_retried() => Assert.Null(After(Reason.InvalidSpec));

    [Fact]
    public void A_problem_that_a_retry_cannot_fix_is_retried_after_the_interval()
    {
        Assert.Equal(TimeSpan.FromMinutes(10), After(Reason.TagNotRemovable));
        Assert.Equal(TimeSpan.FromMinutes(10), After(Reason.Contended));
        Assert.Equal(TimeSpan.FromMinutes(10), After(Reason.Forbidden));
        Assert.Equal(TimeSpan.FromMinutes(10), After(Reason.NoImageMatches));
    }

    [Theory]
    [InlineData(0, 5)]          // no hot loop
    [InlineData(30, 30)]
    [InlineData(86400, 600)]    // and not a whole day
    public void A_Retry_After_is_kept_between_five_seconds_and_the_interval(double asked, double seconds)
    {
        var problem = new Problem(Reason.Transient, "busy", TimeSpan.FromSeconds(asked));
        Assert.Equal(seconds, new RequeuePolicy(() => 0).RetryAfter(interval, problem)!.Value.TotalSeconds, 3);
        Assert.Equal(seconds * 1.3, new RequeuePolicy(() => 1).RetryAfter(interval, problem)!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Without_a_Retry_After_the_backoff_grows() =>
        Assert.Null(new RequeuePolicy(() => 0.5).RetryAfter(interval, new Problem(Reason.Transient, "broken")));

    [Theory]
    [InlineData("1ms")]
    [InlineData("never")]
    public void An_invalid_interval_counts_as_the_default(string text) =>
        Assert.Equal(TimeSpan.FromMinutes(10), RequeuePolicy.Interval(text));

    [Theory]
    [InlineData("10s", 10)]
    [InlineData("9999ms", 600)]
    public void The_shortest_interval_is_ten_seconds(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RequeuePolicy.Interval(text));

    [Theory]
    [InlineData(1, 60)]
    [InlineData(60, 60)]
    [InlineData(90, 90)]
    public void A_verification_is_written_once_per_hour_or_interval(int interval, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), RequeuePolicy.VerificationInterval(TimeSpan.FromMinutes(interval)));

    [Fact]
    public void Only_a_set_without_work_uses_a_cached_reading()
    {
        Assert.Equal(TimeSpan.FromMinutes(8), RequeuePolicy.MaxReadingAge(interval, null, sawImages: true));
        Assert.Equal(TimeSpan.FromSeconds(30), RequeuePolicy.MaxReadingAge(interval, new Problem(Reason.Conflict, ""), sawImages: true));
        Assert.Equal(TimeSpan.Zero, RequeuePolicy.MaxReadingAge(interval, new Problem(Reason.Conflict, ""), sawImages: false));
        Assert.Equal(TimeSpan.Zero, RequeuePolicy.MaxReadingAge(interval, new Problem(Reason.Transient, ""), sawImages: true));
        Assert.Equal(TimeSpan.Zero, RequeuePolicy.MaxReadingAge(interval, new Problem(Reason.ImageNotActive, ""), sawImages: true));
    }

    private TimeSpan? After(Reason reason) => new RequeuePolicy(() => 0.5).Next(interval, new Problem(reason, "somehow"));
}
