using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>What the images must have in the end whatever went wrong on the way, tag by tag, for tags that no other client
/// touched.</summary>
/// <remarks>
/// <code>
/// declared by a set that is heard                                       there
/// else an Exact set is heard, which does not ignore it                  not there
/// else never declared for the image, not there at the start             not there
/// else never declared for the image, and no Exact set ever meant it     there
/// else declared once, not there at the start, and its set let go of it  not there
/// else                                                                  either
/// </code>
/// </remarks>
internal static class EndState
{
    public static IEnumerable<string> Violations(Story story, Stage stage)
    {
        for (var image = 0; image < story.AllImages.Count; image++)
        {
            foreach (var tag in Stories.Tags.Where(tag => !stage.Glance.TouchedByOthers.Contains((image, tag))))
            {
                var isThere = stage.Glance.Images[image].Rows.Contains(tag);
                if (Expected(story, stage, image, tag) is { } expected && expected != isThere)
                {
                    yield return $"image {image} {(expected ? "must have" : "must not have")} '{tag}'";
                }
            }
        }
    }

    /// <summary>Null: either.</summary>
    private static bool? Expected(Story story, Stage stage, int image, string tag)
    {
        var count = story.AllImages.Count;
        var claiming = stage.Alive.Where(entry => entry.Value.Image.Select(count)!.Contains(image)).ToDictionary();
        var heard = Claims.Heard(claiming);
        if (heard.Any(set => claiming[set].Tags.Contains(tag))) return true;
        if (heard is [var one] && claiming[one].IsExact && !claiming[one].Ignores(tag)) return false;

        var atStart = story.AllImages[image].Contains(tag);
        var claims = stage.History.On(image).ToArray();
        var owners = claims.Where(claim => claim.Spec.Tags.Contains(tag)).Select(claim => claim.Set).Distinct().ToArray();
        if (owners.Length == 0) return !atStart ? false : claims.Any(claim => claim.Spec.IsExact && !claim.Spec.Ignores(tag)) ? null : true;
        return atStart || owners.Any(set => MayKeep(stage, set, image, tag, heard)) ? null : false;
    }

    /// <summary>The set may rightly have left a tag of its own behind, or not have come to take it away.</summary>
    private static bool MayKeep(Stage stage, int set, int image, string tag, int[] heard)
    {
        if (stage.History.Of(set).Any(spec => spec.OnDeletion == TagDeletionPolicy.Retain || spec.Ignores(tag))) return true;
        if (!stage.Alive.TryGetValue(set, out var spec)) return false;
        var images = spec.Image.Select(stage.Glance.Images.Count)!;
        return images.Contains(image) ? !heard.Contains(set) : images.Length > 0
            && !images.Any(other => spec.Tags.All(stage.Glance.Images[other].Rows.Contains));
    }
}
