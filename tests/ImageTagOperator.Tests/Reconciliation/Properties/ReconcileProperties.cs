using Xunit;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>What holds for all declarations and images, whatever goes wrong: the controller and the finalizer as they are, between a model
/// of an API server and one of a Glance that races as the real one does.</summary>
public sealed class ReconcileProperties
{
    [Fact]
    public void Images_come_to_have_what_their_sets_say_and_what_a_set_gives_up_goes() =>
        Runs.Check(Stories.Calm, usual: 150, async story =>
    {
        using var stage = new Stage(story, isPatient: true);
        var ledger = new Ledger();
        while (true)
        {
            await stage.SettleAsync();
            ledger.Settle(stage.Alive, story.AllImages.Take(stage.Glance.Images.Count).Skip(ledger.Live.Count));
            foreach (var image in stage.Glance.Images)
            {
                var expected = ledger.Live[image.Index];
                var wrong = expected.Except(image.Rows).Union(image.Rows.Except(expected))
                    .Where(tag => !ledger.Open.Contains((image.Index, tag)));
                stage.Check(!wrong.Any(), $"image {image.Index} must have [{string.Join("|", expected.Order(StringComparer.Ordinal))}]");
                ledger.Adopt(image);
            }

            if (!stage.HasChangesLeft) break;
            stage.ChangeNow();
        }

        var noEffect = stage.Glance.Calls.Where(call => call.IsWrite && call.WasThere != (call.Method == "DELETE")).ToArray();
        foreach (var call in noEffect)
        {
            // Where sets depend on each other, one write proves for all of them that the credentials can write.
            var isProof = call.Method == "PUT" && noEffect.Count(other => other.Image == call.Image) == 1
                && stage.History.On(call.Image).Select(claim => claim.Set).Distinct().Count() > 1;
            stage.Check(isProof, $"{call} changed nothing");
        }
    });

    [Fact]
    public void A_reconcile_that_finds_all_in_place_writes_nothing_anywhere() => Runs.Check(Stories.Calm, usual: 50, async story =>
    {
        using var stage = new Stage(story, isPatient: true);
        await stage.PlayAsync();
        var before = stage.Tally;
        await stage.TurnEachAsync();
        stage.Check(stage.Tally.Since(before) is { Puts: 0, Deletes: 0, Statuses: 0, Finalizers: 0 }, "a write that nothing called for");
    });

    [Fact]
    public void Faults_races_and_deaths_change_nothing_about_the_end() => Runs.Check(Stories.Wild, usual: 200, EndsWellAsync);

    [Fact]
    public void Deleted_sets_take_their_tags_with_them_whatever_goes_wrong_and_leave_those_of_others() =>
        Runs.Check(Stories.Departing, usual: 100, EndsWellAsync);

    [Fact]
    public void No_request_ever_touches_a_tag_or_an_image_that_no_set_speaks_of() => Runs.Check(Stories.Wild, usual: 60, async story =>
    {
        using var stage = new Stage(story, isPatient: false);
        await stage.PlayAsync();
        foreach (var wrong in Audit.Violations(stage)) stage.Check(false, wrong);
    });

    private static async Task EndsWellAsync(Story story)
    {
        using var stage = new Stage(story, isPatient: false);
        await stage.PlayAsync();
        foreach (var wrong in EndState.Violations(story, stage)) stage.Check(false, wrong);
        stage.Check(stage.Kubernetes.All.Count == stage.Alive.Count, "a deleted set must go");
    }
}
