using FsCheck.Fluent;
using ImageTagOperator.Tests.Reconciliation.Properties;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>What README promises to sets that share images holds in whatever order their reconciles go on, await by await.</summary>
public sealed class SideBySideProperties
{
    private const int Orders = 2;

    [Fact]
    public void In_any_order_the_end_is_what_the_rules_say() =>
        FsCheck.Check.One(Runs.Configuration(100), Prop.ForAll(SharedStories.All, PlayInAnyOrder));

    private static void PlayInAnyOrder(SharedStory story)
    {
        var seed = HashOf(story);
        string[]? first = null;
        for (var order = 0; order < Orders; order++)
        {
            var pictures = Play(story, seed + order);
            first ??= pictures;
            for (var act = 0; act < pictures.Length; act++) Assert.True(first[act] == pictures[act], $"{story}  after act {act}, in the order of {seed}:\n{first[act]}\nof {seed + order}:\n{pictures[act]}");
        }
    }

    private static string[] Play(SharedStory story, int seed)
    {
        using var stage = new Performance(story, seed);
        var rules = new Rulebook(story);
        var pictures = new List<string>();
        foreach (var act in story.Acts)
        {
            rules.Play(act, isBackwards: seed % 2 == 1);
            stage.Play(act, mayDie: !rules.NeedsMemory);
            if (act.DiesAfter is not null && !rules.NeedsMemory) rules.Forget();
            for (var image = 0; image < story.Images.Count; image++)
            {
                stage.Check(
                    stage.Clouds.Tags[image].SetEquals(rules.Live[image]),
                    $"image {image} must have [{string.Join("|", rules.Live[image].Order(StringComparer.Ordinal))}]");
            }

            pictures.Add(stage.Picture);
        }

        return [.. pictures];
    }

    /// <summary>The same in every process, unlike <see cref="object.GetHashCode"/>.</summary>
    private static int HashOf(SharedStory story) => (int)story.ToString().Aggregate(17L, (hash, letter) => ((hash * 31) + letter) % 1_000_000_007);
}
