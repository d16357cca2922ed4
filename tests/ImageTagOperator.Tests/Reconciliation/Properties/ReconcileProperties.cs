using Xunit;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>What holds for all declarations and images, whatever goes wrong: the controller and the finalizer as they are, between a model
/// of an API server and one of a Glance that races as the real one does.</summary>
public sealed class ReconcileProperties
{
    [Fact]
    public void Images_get_the_declared_tags_and_lose_those_no_longer_declared() =>
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
            // Where sets depend on each other, or a tag moved, one write proves for all of them that the credentials can write.
            var sets = stage.History.On(call.Image).Select(claim => claim.Set).Distinct().ToArray();
            var isProof = (call.Method == "PUT" || Audit.IsPermissionTest(call)) && noEffect.Count(other => other.Image == call.Image) == 1
                && (sets.Length > 1 || sets.Any(set => stage.History.ImagesOf(set).Count() > 1));
            stage.Check(isProof, $"{call} changed nothing");
        }
    });

    [Fact]
    public void A_reconcile_without_differences_writes_nothing() => Runs.Check(Stories.Calm, usual: 50, async story =>
    {
        using var stage = new Stage(story, isPatient: true);
        await stage.PlayAsync();
        var before = stage.Tally;
        await stage.TurnEachAsync();
        stage.Check(stage.Tally.Since(before) is { Puts: 0, Deletes: 0, Statuses: 0, Finalizers: 0 }, "a write that nothing called for");
    });

    [Fact]
    public void Faults_races_and_crashes_do_not_change_the_final_state() => Runs.Check(Stories.Wild, usual: 200, EndsWellAsync);

    [Fact]
    public void Deleted_sets_remove_only_their_own_tags_despite_faults() =>
        Runs.Check(Stories.Departing, usual: 100, EndsWellAsync);

    [Fact]
    public void No_request_changes_a_tag_or_an_image_that_no_set_declares() => Runs.Check(Stories.Wild, usual: 60, async story =>
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
