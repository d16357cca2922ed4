using System.Text.Json;
using ImageTagOperator.Controllers;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>Ready is about the present: what cannot be observed is Unknown with the current reason, and the last known state is reported
/// with its age.</summary>
public sealed class VerificationTests
{
    private const string Before = " Before that, when the images were last verified at 2026-11-29T10:00:00Z, the set was InSync.";

    private static readonly DateTimeOffset Now = new(2026, 11, 29, 10, 0, 0, TimeSpan.Zero);

    private static readonly Problem Outage = new(Reason.Transient, "Glance of cloud 'demo' at http://glance/v2 does not answer.");

    [Fact]
    public void An_outage_makes_Ready_Unknown_at_once_and_reports_the_last_known_state_with_its_time()
    {
        var set = Set();
        Report(set, InSync, 0);
        Report(set, SetResult.Failed(Outage), 20);
        Assert.Equal(("Unknown", "Transient", Outage.Message + Before), Ready(set));
        Assert.Equal(Now.AddMinutes(20), set.Status.History().Find(Condition.Ready)!.Since);
        Assert.Equal(Now, set.Status.LastVerifiedTime);

        Report(set, InSync, 30);
        Assert.Equal(("True", "InSync"), (Ready(set).Status, Ready(set).Reason));
        Assert.Equal(Now.AddMinutes(30), set.Status.LastVerifiedTime);
    }

    [Fact]
    public void A_lasting_outage_costs_no_write_until_its_start_is_reported()
    {
        var set = Set();
        Report(set, InSync, 0);
        Report(set, SetResult.Failed(Outage), 20);
        var first = Json(set);
        for (var minute = 21; minute <= 50; minute++)
        {
            Report(set, SetResult.Failed(Outage with { Message = $"Refused {minute}." }), minute);
            Assert.Equal(first, Json(set));
        }

        Report(set, SetResult.Failed(Outage with { Message = "Refused." }), 51);
        Assert.Equal("Refused. It has been so since 2026-11-29T10:20:00Z." + Before, Ready(set).Message);
        var lasting = Json(set);
        Report(set, SetResult.Failed(Outage with { Message = "Refused again." }), 500);
        Assert.Equal(lasting, Json(set));
    }

    public static TheoryData<string> Problems => [.. Reason.All.Select(reason => reason.Name)];

    /// <summary>For all pairs of results, the second one is in the status.</summary>
    [Theory]
    [MemberData(nameof(Problems))]
    public void The_current_cause_replaces_every_other(string name)
    {
        foreach (var before in Reason.All.Where(reason => reason.Name != name))
        {
            var set = Set();
            Report(set, InSync, 0);
            Report(set, SetResult.Failed(new Problem(before, "Create it.")), 1);
            Report(set, SetResult.Failed(new Problem(Reason.All.Single(reason => reason.Name == name), "This now.")), 2);
            Assert.Equal(name, Ready(set).Reason);
            Assert.All(set.Status.Conditions!, condition => Assert.StartsWith("This now.", condition.Message, StringComparison.Ordinal));
            Assert.All(
                set.Status.Conditions!, condition => Assert.DoesNotContain("Create it", condition.Message, StringComparison.Ordinal));
        }
    }

    /// <summary>A problem that only a person can fix is False with its remedy. A problem that hides the images, or an unexpected one, is
    /// Unknown.</summary>
    [Theory]
    [MemberData(nameof(Problems))]
    public void Ready_is_Unknown_only_while_the_state_cannot_be_observed(string name)
    {
        var reason = Reason.All.Single(one => one.Name == name);
        var set = Set();
        Report(set, InSync, 0);
        Report(set, SetResult.Failed(new Problem(reason, "This now.")), 1);
        var isUnknown = reason == Reason.Transient || reason == Reason.Interrupted || reason == Reason.InternalError;
        Assert.Equal(isUnknown ? "Unknown" : "False", Ready(set).Status);
        Assert.StartsWith("This now." + (isUnknown ? Before : ""), Ready(set).Message, StringComparison.Ordinal);
        Assert.Equal(isUnknown, Ready(set).Message.Contains(Before, StringComparison.Ordinal));
    }

    [Fact]
    public void No_old_state_is_shown_while_tags_are_written()
    {
        var set = Set();
        Report(set, InSync, 0);
        Report(set, SetResult.Failed(new Problem(Reason.SecretNotFound, "Create it.")), 1);
        set.Status = StatusBuilder.BeforeWrites(set, InSync.Plan!, Now.AddMinutes(2));
        Assert.Equal(("Unknown", "Progressing", "Adding 0 and removing 0 tags." + Before), Ready(set));
    }

    [Fact]
    public void The_state_of_an_earlier_declaration_is_marked_as_such()
    {
        var set = Set();
        Report(set, InSync, 0);
        set.Metadata.Generation++;
        Report(set, SetResult.Failed(Outage), 1);
        Assert.EndsWith("the set was InSync, by the declaration of that time.", Ready(set).Message, StringComparison.Ordinal);
        Assert.False(set.Status.History().IsInSync(set.Metadata.Generation));
    }

    [Fact]
    public void A_set_that_was_never_observed_reports_no_earlier_state()
    {
        var set = Set();
        Report(set, SetResult.Failed(Outage), 0);
        Assert.Equal(("Unknown", "Transient", Outage.Message), Ready(set));
        Assert.Null(set.Status.LastVerifiedTime);
    }

    [Theory]
    [InlineData("10s", 60)]
    [InlineData("10m", 60)]
    [InlineData("1h", 60)]
    [InlineData("90m", 90)]
    [InlineData("24h", 24 * 60)]
    public void An_unchanged_set_costs_a_write_per_hour_or_interval_whichever_is_longer(string interval, int minutes)
    {
        var set = Set();
        set.Spec.Interval = interval;
        Report(set, InSync, 0);
        var writes = new List<int>();
        for (var minute = 1; minute <= 5 * minutes; minute++)
        {
            var before = Json(set);
            Report(set, InSync, minute);
            if (Json(set) != before) writes.Add(minute);
        }

        Assert.Equal([minutes, 2 * minutes, 3 * minutes, 4 * minutes, 5 * minutes], writes);
    }

    [Fact]
    public void A_cached_observation_has_the_time_of_its_read()
    {
        var set = Set();
        Report(set, Results.InSync(Now.AddMinutes(-7)), 0);
        Assert.Equal(Now.AddMinutes(-7), set.Status.LastVerifiedTime);
    }

    [Fact]
    public void Only_a_reconcile_that_observed_all_images_counts()
    {
        var unreached = new ImageState { Id = "1", Reason = nameof(Reason.Transient), Message = "No." };
        foreach (var outcome in new[]
        {
            SetResult.Failed(Outage), SetResult.Failed(new Problem(Reason.SecretNotFound, "No.")), SetResult.Suspended,
                Results.InSync(default, LeftImages.None with { Unreached = [unreached] }),
            Results.InSync(default, LeftImages.None with { Kept = [unreached with { Reason = nameof(Reason.CloudChanged) }] }),
        })
        {
            var set = Set();
            Report(set, InSync, 0);
            Report(set, outcome, 90);
            Assert.Equal((Now, "InSync"), (set.Status.LastVerifiedTime, set.Status.LastVerifiedReason));
        }

        // It was observed that no such image exists.
        var missing = Set();
        Report(missing, SetResult.Failed(new Problem(Reason.ImageNotFound, "No.")), 90);
        Assert.Equal((Now.AddMinutes(90), "ImageNotFound"), (missing.Status.LastVerifiedTime, missing.Status.LastVerifiedReason));
    }

    [Fact]
    public void An_image_that_is_listed_and_cannot_be_read_is_named()
    {
        var set = Set();
        Report(set, Results.InSync(default, null, "1", "2"), 0);
        Assert.EndsWith(" Left out, because the cloud does not show them as images: 1, 2.", Ready(set).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_outage_is_not_reported_and_a_long_one_is_reported_with_its_end()
    {
        var (set, reported) = (Set(), new List<string>());
        var announcer = Announcer(reported);
        await ReportAsync(InSync, 0);
        await ReportAsync(SetResult.Failed(Outage), 1);
        await ReportAsync(InSync, 2);
        Assert.Empty(reported);

        await ReportAsync(SetResult.Failed(Outage), 3);
        await ReportAsync(SetResult.Failed(Outage), 40);
        await ReportAsync(InSync, 41);
        Assert.Equal(["StillFailing", "Recovered"], reported);

        Task ReportAsync(SetResult outcome, int minute) => AnnounceAsync(announcer, set, outcome, minute);
    }

    [Fact]
    public async Task A_problem_that_an_outage_interrupts_and_its_end_are_each_reported_once()
    {
        foreach (var reason in new[] { Reason.Conflict, Reason.SecretNotFound, Reason.InternalError, Reason.ImageNotFound })
        {
            var (set, reported) = (Set(), new List<string>());
            var announcer = Announcer(reported);
            SetResult[] story = [InSync, Bad(), SetResult.Failed(Outage), Bad(), SetResult.Failed(Outage), InSync, InSync];
            for (var minute = 0; minute < story.Length; minute++) await AnnounceAsync(announcer, set, story[minute], minute);
            Assert.Equal([reason.Name, "Recovered"], reported);

            SetResult Bad() => SetResult.Failed(new Problem(reason, "So it is."));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public async Task An_operator_that_restarts_in_an_outage_still_reports_the_recovery(int minutes)
    {
        foreach (
            var reason in new[] { Reason.Conflict, Reason.SecretNotFound, Reason.InternalError, Reason.ImageNotFound, Reason.Forbidden })
        {
            var (set, reported) = (Set(), new List<string>());
            await AnnounceAsync(Announcer(reported), set, InSync, 0);
            await AnnounceAsync(Announcer(reported), set, SetResult.Failed(new Problem(reason, "So it is.")), 1);
            for (var minute = 2; minute <= minutes + 2; minute += 10) await AnnounceAsync(
                Announcer(reported), set, SetResult.Failed(Outage), minute);
            // Another process takes over, and writes before it reports.
            set.Status = StatusBuilder.BeforeWrites(set, InSync.Plan!, Now.AddMinutes(minutes + 3));
            Assert.NotNull(set.Status.LastToldReason);
            await AnnounceAsync(Announcer(reported), set, InSync, minutes + 4);
            await AnnounceAsync(Announcer(reported), set, InSync, minutes + 5);
            Assert.Equal(minutes > 30 ? [reason.Name, "StillFailing", "Recovered"] : [reason.Name, "Recovered"], reported);
            Assert.Null(set.Status.LastToldReason);
        }
    }

    [Fact]
    public async Task A_problem_that_continues_after_an_outage_is_not_reported_again_by_another_process()
    {
        var (set, reported) = (Set(), new List<string>());
        foreach (var outcome in new[] { InSync, Bad(), SetResult.Failed(Outage), Bad(), SetResult.Failed(Outage), Bad() }) await AnnounceAsync(
            Announcer(reported), set, outcome, reported.Count);
        Assert.Equal(["Conflict"], reported);

        static SetResult Bad() => SetResult.Failed(new Problem(Reason.Conflict, "So it is."));
    }

    private static SetResult InSync { get; } = Results.InSync(default);

    private static Announcer Announcer(List<string> reported) => new(
        (_, reason, _, _, _) =>
        {
            reported.Add(reason);
            return Task.CompletedTask;
        },
        NullLogger<Announcer>.Instance);

    private static async Task AnnounceAsync(Announcer announcer, V1Alpha1ImageTagSet set, SetResult outcome, int minute)
    {
        var before = set.Status;
        Report(set, outcome, minute);
        await announcer.ReportReadyAsync(set, before, outcome, TestContext.Current.CancellationToken);
    }

    private static void Report(V1Alpha1ImageTagSet set, SetResult result, int minute)
    {
        // Without a time of its own, the observation is current.
        var now = Now.AddMinutes(minute);
        if (result.Plan is { Observed: var seen } plan
            && seen.AsOf == default) result = result with { Plan = plan with { Observed = seen with { AsOf = now } } };
        set.Status = StatusBuilder.After(set, result, now);
    }

    private static (string Status, string Reason, string Message) Ready(V1Alpha1ImageTagSet set) =>
        set.Status.History().Find(Condition.Ready) is { } ready ? (ready.Status, ready.Reason, ready.Message) : default;

    private static string Json(V1Alpha1ImageTagSet set) => JsonSerializer.Serialize(set.Status, ImageTagSetJson.Default.ImageTagSetStatus);

    private static V1Alpha1ImageTagSet Set() => new()
    {
        Metadata = new() { Name = "set", NamespaceProperty = "images", Uid = "1", Generation = 1 },
        Spec = { Image = new ImageReference { Selector = new ImageSelector { Names = ["*"] } }, Tags = ["golden"] },
    };
}
