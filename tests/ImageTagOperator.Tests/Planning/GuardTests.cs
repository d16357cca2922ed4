using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Tags;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

/// <summary>The guards that limit a set: removal limits, contention, the order of a move.</summary>
public sealed class GuardTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly ImageStep Golden = Add("1", "golden");

    [Theory]
    //          times in a row, minutes between them, is contended
    [InlineData(3, 10, false)]
    [InlineData(4, 10, true)]
    [InlineData(9, 1, true)]
    public void The_same_change_repeated_often_is_contention(int times, int minutes, bool isContended)
    {
        var state = Repeat(null, times, minutes, Golden);
        Assert.Equal(isContended, state!.IsContended(Golden));
        var held = ContentionState.PausedImages(state, 1, Now.AddMinutes(((times - 1) * minutes) + 1));
        Assert.Equal(isContended ? [Golden.Step] : [], held["1"]);
        Assert.Empty(held["2"]);
    }

    [Fact]
    public void A_pause_lasts_five_intervals_and_at_least_ten_minutes()
    {
        Assert.NotEmpty(ContentionState.PausedImages(Fought(Interval), 1, Now.AddMinutes(49)));
        Assert.Empty(ContentionState.PausedImages(Fought(Interval), 1, Now.AddMinutes(50)));
        Assert.NotEmpty(ContentionState.PausedImages(Fought(TimeSpan.FromSeconds(10)), 1, Now.AddSeconds(599)));
        Assert.Empty(ContentionState.PausedImages(Fought(TimeSpan.FromSeconds(10)), 1, Now.AddMinutes(10)));

        static ContentionState? Fought(TimeSpan interval)
        {
            ContentionState? state = null;
            for (var time = 0; time < 4; time++) state = ContentionState.After(state, 1, [Golden], interval, Now);
            return state;
        }
    }

    [Fact]
    public void An_edit_ends_a_pause_and_resets_the_count()
    {
        var state = Repeat(null, 4, 0, Golden);
        Assert.Empty(ContentionState.PausedImages(state, 2, Now));
        Assert.False(ContentionState.After(state, 2, [Golden], Interval, Now)!.IsContended(Golden));
        Assert.Null(ContentionState.After(state, 2, [], Interval, Now));
        Assert.Empty(ContentionState.PausedImages(null, 1, Now));
    }

    [Fact]
    public void A_change_that_was_not_undone_is_forgotten_unless_it_was_contended()
    {
        var other = Add("1", "lts");
        var state = Repeat(null, 3, 0, Golden);
        state = ContentionState.After(state, 1, [other], Interval, Now);
        Assert.False(ContentionState.After(state, 1, [Golden], Interval, Now)!.IsContended(Golden));

        state = ContentionState.After(Repeat(null, 4, 0, Golden), 1, [other], Interval, Now.AddMinutes(1));
        Assert.True(state!.IsContended(Golden));
        Assert.False(state.IsContended(other));
        Assert.Equal([Golden.Step], ContentionState.PausedImages(state, 1, Now.AddMinutes(2))["1"]);
    }

    [Fact]
    public void Only_a_contended_change_extends_a_pause()
    {
        var other = Add("2", "lts");
        var state = ContentionState.After(Repeat(null, 4, 0, Golden), 1, [other], Interval, Now.AddMinutes(40));
        Assert.NotEmpty(ContentionState.PausedImages(state, 1, Now.AddMinutes(49)));
        Assert.Empty(ContentionState.PausedImages(state, 1, Now.AddMinutes(50)));
        state = ContentionState.After(Repeat(null, 4, 0, Golden), 1, [other, Golden], Interval, Now.AddMinutes(40));
        Assert.NotEmpty(ContentionState.PausedImages(state, 1, Now.AddMinutes(50)));
    }

    [Fact]
    public void A_reconcile_without_a_change_ends_contention_only_after_half_an_interval()
    {
        var state = Repeat(null, 4, 0, Golden);
        Assert.Same(state, ContentionState.After(state, 1, [], Interval, Now.AddMinutes(5)));
        Assert.Null(ContentionState.After(state, 1, [], Interval, Now.AddMinutes(5.01)));
        Assert.Null(ContentionState.After(null, 1, [], Interval, Now));
    }

    [Fact]
    public void Distinct_removals_are_limited()
    {
        var budget = new RemovalBudget(3);
        Assert.True(budget.TryTake("1", ["a", "b"]));
        Assert.True(budget.TryTake("1", ["a", "b"]));       // the same ones again
        Assert.False(budget.TryTake("2", ["a", "b"]));      // all or none
        Assert.True(budget.TryTake("2", ["a"]));
        Assert.False(budget.TryTake("2", ["c"]));
        Assert.True(new RemovalBudget(null).TryTake("1", [.. Enumerable.Range(0, 1000).Select(i => $"{i}")]));
        Assert.False(new RemovalBudget(0).TryTake("1", ["a"]));
    }

    [Fact]
    public void A_plan_above_the_limit_is_rejected_with_the_tags_to_be_removed()
    {
        Assert.Null(new RemovalBudget(2).Refuse(["a", "b"], "image 1"));
        Assert.Null(new RemovalBudget(null).Refuse(["a", "b"], "image 1"));
        var problem = new RemovalBudget(1).Refuse(["b", "a", "a"], "2 images")!;
        Assert.Equal(Reason.RemovalLimitExceeded, problem.Reason);
        Assert.Equal(
            "3 tags (a, b) would be removed from 2 images, and spec.maxRemovals is 1; nothing was changed. Raise it to 3, or correct the "
                + "declaration.", problem.Message);
        Assert.StartsWith("1 tag (a) would be removed from image 1, more than what is left of spec.maxRemovals 0;", new RemovalBudget(0)
            .Exhausted(["a"], "image 1").Message, StringComparison.Ordinal);
        Assert.Contains("t19, ...)", new RemovalBudget(1).Refuse([.. Enumerable.Range(0, 21).Select(i => $"t{i:00}")], "image 1")!.Message,
            StringComparison.Ordinal);
        Assert.Contains("t19)", new RemovalBudget(1).Refuse([.. Enumerable.Range(0, 20).Select(i => $"t{i:00}")], "image 1")!.Message,
            StringComparison.Ordinal);
    }

    /// <summary>For each image of the set: A, it has all tags; s, a person must act; r, it is retried; -, neither.</summary>
    [Theory]
    [InlineData("", true)]
    [InlineData("A", true)]
    [InlineData("AA", true)]
    [InlineData("As", true)]
    [InlineData("Ar", false)]
    [InlineData("A-", false)]
    [InlineData("s", false)]
    [InlineData("r", false)]
    [InlineData("-", false)]
    [InlineData("A", false, true)]
    [InlineData("", false, true)]
    public void A_released_image_keeps_its_tags_until_the_other_images_have_them(
        string images, bool mayRelease, bool isListIncomplete = false) => Assert.Equal(
        mayRelease,
        MoveOrder.MayRelease([.. images.Select(image => (image == 'A', image switch
        {
            's' => new Problem(Reason.Forbidden, ""),
            'r' => new Problem(Reason.Transient, ""),
            _ => null,
        }))], isListIncomplete));

    /// <summary>A first list without a match, and a later one: the seconds between them, and the generation of the spec then.</summary>
    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(4.9, 1, false)]
    [InlineData(5, 1, true)]
    [InlineData(60, 1, true)]
    [InlineData(60, 2, false)]
    [InlineData(-1, 1, false)]
    public void A_second_list_5_seconds_newer_confirms_that_no_image_matches(double seconds, long generation, bool isConfirmed)
    {
        var first = NoMatch.After(null, 1, DateTimeOffset.UnixEpoch);
        var listedAt = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        var problem = NoMatch.After(first, generation, listedAt).Unconfirmed(listedAt);
        Assert.Equal(isConfirmed, problem is null);
        if (problem is not null) Assert.Equal((Reason.Transient, NoMatch.Confirmation), (problem.Reason, problem.RetryAfter!.Value));
    }

    [Fact]
    public void Drift_is_a_difference_without_an_edit_and_counts_once()
    {
        TagStep[] planned = [Golden.Step, new(TagVerb.Remove, "old")];
        Assert.Equal(new Drift(2, 0), Drift.Observed(planned, []));
        Assert.Equal(new Drift(1, 0), Drift.Observed(planned, [Golden.Step, new(TagVerb.Add, "old")]));
        Assert.Equal(new Drift(2, 1), Drift.Enforced(planned, [Golden.Step, new(TagVerb.Add, "lts")], isFirstLook: true));
        Assert.Equal(new Drift(0, 2), Drift.Enforced(planned, planned, isFirstLook: false));
        Assert.Equal(new Drift(3, 1), new Drift(2, 0) + new Drift(1, 1));
    }

    private static ContentionState? Repeat(ContentionState? state, int times, int minutes, params ImageStep[] steps)
    {
        for (var time = 0; time < times; time++) state = ContentionState.After(state, 1, steps, Interval, Now.AddMinutes(time * minutes));
        return state;
    }

    private static ImageStep Add(string image, string tag) => new(image, new TagStep(TagVerb.Add, tag));
}
