using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>How many requests a set by id costs when nothing goes wrong, to the request.</summary>
/// <remarks>
/// <code>
///                  Secret  login  reads          PUT   DELETE  status                                     finalizers
/// first            1       1      1, +1 to verify  adds  removes 1, +1 write-ahead before any write         1
/// nothing changed  1       -      1              -     -       -                                          -
/// drift            1       -      1, +1 to verify  adds  removes 1 if anything was written                  -
/// edit             1       -      1, +1 to verify  adds  removes 1, +1 write-ahead if the status owns less    -
/// deletion         1       -      1, +1 to verify  adds  removes -                                          1
/// deletion with nothing to do    nothing                                                                  1
/// </code>
/// </remarks>
public sealed class RequestCountProperties
{
    [Fact]
    public void Each_reconcile_costs_its_reads_the_difference_and_one_verification() =>
        Runs.Check(Stories.Single, usual: 80, async story =>
    {
        using var stage = new Stage(story, isPatient: true);
        var image = stage.Glance.Images[0];
        var (first, second) = (story.Sets[0], story.Changes[0].Edits[0]!);
        var original = first.OnDeletion == TagDeletionPolicy.Restore ? image.Tags.ToArray() : null;

        var (adds, removes) = Difference(first, image, []);
        await CostsAsync("first", new Tally(1, 1, Reads(adds, removes), adds, removes, adds + removes > 0 ? 2 : 1, 1));
        await CostsAsync("nothing changed", new Tally(1, 0, 1, 0, 0, 0, 0));

        foreach (var tag in story.Images[0]) stage.Glance.WriteOther(0, tag, adds: !image.Tags.Contains(tag));
        (adds, removes) = Difference(first, image, first.Tags);
        await CostsAsync("drift", new Tally(1, 0, Reads(adds, removes), adds, removes, adds + removes > 0 ? 1 : 0, 0));

        stage.ChangeNow();
        (adds, removes) = Difference(second, image, first.Tags);
        var isNews = second.Tags.Except(first.Tags).Any() || (second.OnDeletion == TagDeletionPolicy.Restore && original is null);
        original = second.OnDeletion == TagDeletionPolicy.Restore ? original ?? [.. image.Tags.Except(first.Tags)] : null;
        await CostsAsync("edit", new Tally(1, 0, Reads(adds, removes), adds, removes, adds + removes > 0 && isNews ? 2 : 1, 0));

        stage.ChangeNow();
        (adds, removes) = (original?.Except(image.Tags).Count() ?? 0, second.Tags.Except(original ?? []).Intersect(image.Tags).Count());
        var isNothing = second.OnDeletion == TagDeletionPolicy.Retain || (second.Tags.Length == 0 && original is null);
        await CostsAsync(
            "deletion", isNothing ? new Tally(0, 0, 0, 0, 0, 0, 1) : new Tally(1, 0, Reads(adds, removes), adds, removes, 0, 1));

        async Task CostsAsync(string what, Tally expected)
        {
            var before = stage.Tally;
            await stage.TurnEachAsync();
            var cost = stage.Tally.Since(before);
            stage.Check(cost == expected, $"{what} cost {cost} and must cost {expected}");
        }
    });

    private static int Reads(int adds, int removes) => adds + removes > 0 ? 2 : 1;

    private static (int Adds, int Removes) Difference(Declared spec, ModelImage image, string[] managed) => (
        spec.Tags.Except(image.Tags).Count(),
        (spec.IsExact ? image.Tags : image.Tags.Intersect(managed)).Except(spec.Tags).Count(tag => !spec.Ignores(tag)));
}
