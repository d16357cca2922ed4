using ImageTagOperator.Planning.Conditions;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

/// <summary>The table of conditions, one row per case.</summary>
public sealed class VerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    //          reason                   Ready      beside it
    [InlineData("InSync",                "True",    null)]
    [InlineData("Drifted",               "False",   "Drifted")]
    [InlineData("Suspended",             "Unknown", null)]
    [InlineData("Progressing",           "Unknown", "Reconciling")]
    [InlineData("Conflict",              "False",   "Stalled")]
    [InlineData("ImageNotActive",        "False",   "Reconciling")]
    [InlineData("Transient",             "Unknown", "Reconciling")]
    [InlineData("InternalError",         "Unknown", "Stalled")]
    public void Ready_is_always_present_and_one_other_condition_only_while_true(string reason, string ready, string? beside)
    {
        var conditions = new StatusHistory([]).Next(VerdictOf(reason), 7, TimeSpan.FromMinutes(10), Now);
        Assert.Equal(new Condition("Ready", ready, reason, conditions[0].Message, 7, Now), conditions[0]);
        Assert.Equal(beside is null ? [] : [new Condition(beside, "True", reason, conditions[^1].Message, 7, Now)], conditions.Skip(1));
    }

    [Fact]
    public void The_last_known_state_is_reported_only_while_the_current_one_is_unknown()
    {
        var before = new StatusHistory([], Now.AddHours(-1), "InSync", 7);
        foreach (var reason in new[] { "InSync", "Drifted", "Suspended", "Conflict", "ImageNotActive" }) Assert.Equal(
            "Now.", Message(reason));
        foreach (var reason in new[] { "Progressing", "Transient", "InternalError" })
        {
            Assert.Equal(
                "Now. Before that, when the images were last verified at 2026-11-29T09:00:00Z, the set was InSync.", Message(reason));
        }

        string Message(string reason) =>
            before.Next(VerdictOf(reason) with { Message = "Now." }, 7, TimeSpan.FromMinutes(10), Now)[0].Message;
    }

    [Fact]
    public void A_transition_time_changes_only_with_the_status()
    {
        var first = new StatusHistory([]).Next(VerdictOf("Conflict"), 1, TimeSpan.FromMinutes(10), Now);
        var second = new StatusHistory(first).Next(VerdictOf("SecretNotFound"), 2, TimeSpan.FromMinutes(10), Now.AddMinutes(1));
        Assert.Equal([Now, Now], second.Select(condition => condition.Since!.Value));
        var third = new StatusHistory(second).Next(VerdictOf("InSync"), 2, TimeSpan.FromMinutes(10), Now.AddMinutes(2));
        Assert.Equal([Now.AddMinutes(2)], third.Select(condition => condition.Since!.Value));
    }

    /// <summary>Only a failure with the same reason and generation keeps its first message, and then needs no write.</summary>
    [Theory]
    [InlineData("Transient",   "Transient",   1, 5, "first")]
    [InlineData("Transient",   "Transient",   2, 5, "now")]
    [InlineData("Interrupted", "Transient",   1, 5, "now")]
    [InlineData("Transient",   "Transient",   1, 31, "now It has been so since 2026-11-29T10:00:00Z.")]
    [InlineData("Transient",   "Transient",   2, 31, "now It has been so since 2026-11-29T10:00:00Z.")]
    [InlineData("Progressing", "Progressing", 1, 31, "now")]
    public void A_lasting_failure_has_its_start_time(string before, string after, long generation, int minutes, string expected)
    {
        var first = new StatusHistory([]).Next(VerdictOf(before) with { Message = "first" }, 1, TimeSpan.FromMinutes(10), Now);
        var second = new StatusHistory(first)
            .Next(VerdictOf(after) with { Message = "now" }, generation, TimeSpan.FromMinutes(10), Now.AddMinutes(minutes));
        Assert.All(second, condition => Assert.Equal(expected, condition.Message));
        Assert.Equal(expected.Contains("since", StringComparison.Ordinal), new StatusHistory(second).IsLasting);
    }

    [Theory]
    [InlineData(60, 10)]
    [InlineData(3600, 30)]
    public void A_verification_is_overdue_after_ten_intervals_or_half_an_hour(int interval, int minutes)
    {
        var first = new StatusHistory([]).Next(VerdictOf("Transient"), 1, TimeSpan.FromSeconds(interval), Now);
        Assert.False(IsLasting(minutes));
        Assert.True(IsLasting(minutes + 1));

        bool IsLasting(int after) => new StatusHistory(
            new StatusHistory(first).Next(VerdictOf("Transient"), 1, TimeSpan.FromSeconds(interval), Now.AddMinutes(after))).IsLasting;
    }

    [Theory]
    //          Ready      reason         of    verified      of    in order, unseen
    [InlineData("True",    "InSync",      1,    null,         null, true,  false)]
    [InlineData("True",    "InSync",      2,    null,         null, false, false)]
    [InlineData("False",   "Conflict",    1,    "InSync",     1L,   false, false)]
    [InlineData("Unknown", "Transient",   1,    "InSync",     1L,   true,  true)]
    [InlineData("Unknown", "Progressing", 1,    "InSync",     1L,   true,  true)]
    [InlineData("Unknown", "Interrupted", 1,    "InSync",     1L,   true,  true)]
    [InlineData("Unknown", "Transient",   1,    "Conflict",   1L,   false, true)]
    [InlineData("Unknown", "Transient",   1,    "InSync",     2L,   false, true)]
    [InlineData("Unknown", "Suspended",   1,    "InSync",     1L,   false, false)]
    [InlineData("Unknown", "InternalError", 1,  "InSync",     1L,   false, false)]
    public void A_set_is_in_sync_until_something_else_was_observed(
        string status, string reason, long generation, string? verified, long? verifiedOf, bool isInOrder, bool isUnseen)
    {
        var history = new StatusHistory([new Condition("Ready", status, reason, "", generation, Now)], Now, verified, verifiedOf);
        Assert.Equal((isInOrder, isUnseen), (history.IsInSync(1), history.IsUnverified));
        Assert.False(new StatusHistory([]).IsInSync(null));
    }

    [Theory]
    [InlineData("True", "InSync", 1, 59, false)]
    [InlineData("True", "InSync", 1, 60, true)]
    [InlineData("True", "InSync", 2, 1, true)]
    [InlineData("False", "InSync", 1, 1, true)]
    [InlineData("True", "Other", 1, 1, true)]
    public void The_verification_is_written_once_an_hour_or_with_any_change(
        string status, string reason, long generation, int minutes, bool isDue)
    {
        var history = new StatusHistory([new Condition("Ready", "True", "InSync", "", 1, Now)], Now, "InSync", 1);
        var ready = new Condition("Ready", status, reason, "other", generation, Now.AddMinutes(1));
        Assert.Equal(isDue, history.IsVerificationDue(ready, Now.AddMinutes(minutes), TimeSpan.FromMinutes(10)));
        Assert.True((history with { VerifiedAt = null }).IsVerificationDue(ready, Now, TimeSpan.FromMinutes(10)));
    }

    [Theory]
    [InlineData("Ready", "True", "InSync", "ready", "InSync")]
    [InlineData("Ready", "Unknown", "Suspended", "suspended", "Suspended")]
    [InlineData("Ready", "Unknown", "Made up", "unknown", "Other")]
    [InlineData("Stalled", "True", "Conflict", "stalled", "Conflict")]
    [InlineData("Reconciling", "True", "Transient", "reconciling", "Transient")]
    [InlineData("Drifted", "True", "Drifted", "drifted", "Drifted")]
    public void A_metric_only_has_known_reasons(string type, string status, string reason, string state, string label) =>
        Assert.Equal(new Situation(state, label), Situation.Of(type, status, reason));

    [Fact]
    public void All_reasons_are_known_and_the_most_telling_condition_decides()
    {
        Assert.All(Reason.All, reason => Assert.Equal(new Situation("stalled", reason.Name), Situation.Of("Stalled", "True", reason.Name)));
        Assert.Equal(["Stalled", "Reconciling", "Drifted", "Ready"], Situation.ConditionPrecedence);
        Assert.Equal(new Situation("unknown", ""), Situation.Unknown);
        Assert.Equal(
            ["ImageNotFound", "AmbiguousImage", "TooManyImages"],
            Reason.All.Where(reason => reason.ImagesWereRead).Select(reason => reason.Name));
    }

    [Fact]
    public void The_state_of_an_earlier_declaration_is_marked_as_such() => Assert.EndsWith(
        "the set was InSync, by the declaration of that time.",
        new StatusHistory([], Now, "InSync", 1).Next(VerdictOf("Transient"), 2, TimeSpan.FromMinutes(10), Now)[0].Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_source_of_the_credentials_is_reported_when_they_must_be_corrected()
    {
        Assert.Equal("Secret a/b: No.", new Problem(Reason.CredentialsRejected, "No.").Of("Secret a/b").Message);
        Assert.Equal("No.", new Problem(Reason.Transient, "No.").Of("Secret a/b").Message);
    }

    [Fact]
    public void A_problem_that_needs_a_person_is_the_reason_of_the_set()
    {
        var (transient, waiting, first, second) = (Of(Reason.Transient), Of(Reason.ImageNotActive), Of(Reason.Conflict),
            Of(Reason.Forbidden));
        Assert.Null(Problem.Worst([]));
        Assert.Null(Problem.Worst([null]));
        Assert.Equal(first, Problem.Worst([transient, waiting, first, second, null]));
        Assert.Equal(waiting, Problem.Worst([transient, waiting]));

        static Problem Of(Reason reason) => new(reason, "");
    }

    private static Verdict VerdictOf(string reason) => reason switch
    {
        "InSync" => Verdict.InSync("All is well."),
        "Drifted" => Verdict.Drifted("It differs."),
        "Suspended" => Verdict.Suspended(),
        "Progressing" => Verdict.Progressing("Adding."),
        _ => Verdict.Of(new Problem(Reason.All.Single(one => one.Name == reason), "It is so.")),
    };
}
