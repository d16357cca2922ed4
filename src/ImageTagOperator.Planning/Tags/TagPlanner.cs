using System.Collections.Immutable;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Planning.Tags;

/// <summary>Decides which tags to add to and to remove from one image. Pure: no I/O, no clock.</summary>
/// <remarks>
/// <code>
/// on the image | declared | managed | by others | ignored ||  Exact   | Additive
/// -------------+----------+---------+-----------+---------++----------+---------
///      no      |   yes    |   any   |    any    |   any   ||  add     |  add
///      yes     |   yes    |   any   |    any    |   any   ||  keep    |  keep
///      yes     |   no     |   any   |    yes    |   any   ||  keep    |  keep
///      yes     |   no     |   any   |    no     |   yes   ||  keep    |  keep
///      yes     |   no     |   yes   |    no     |   no    ||  remove  |  remove
///      yes     |   no     |   no    |    no     |   no    ||  remove  |  keep
///      no      |   no     |   any   |    any    |   any   ||    -     |    -
/// </code>
/// Additions come first, so that an image is never without both the old and the new tag, except where the quota or a collision needs a
/// removal before them.
/// </remarks>
public static class TagPlanner
{
    public static TagPlan Plan(TagDeclaration declared, ImageTags image, TagRules rules)
    {
        var live = image.Live.ToHashSet(StringComparer.Ordinal);
        var refused = new List<RefusedTag>();
        var removes = Sorted(live.Where(tag => MustRemove(tag, declared, image)).Where(tag => IsAddressable(tag, rules, refused)));
        var adds = Sorted(declared.Tags.Where(tag => !live.Contains(tag)).Distinct().Where(tag => IsAddressable(tag, rules, refused)));

        // If the cloud treats a tag that stays as equal to a declared one, the declared one cannot be added. If such a tag is removed, that
        // must happen first.
        var staying = Sorted(live.Except(removes).Union(declared.Tags, StringComparer.Ordinal));
        var blocked = adds.Where(add => staying.Any(other => live.Contains(other) && rules.Collides(add, other)))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var tag in Sorted(blocked))
        {
            var other = staying.First(other => live.Contains(other) && rules.Collides(tag, other));
            refused.Add(new RefusedTag(tag, TagRefusal.Collision,
                $"differs from the image's tag '{other}' only in {rules.CollisionIn}, which the cloud does not keep apart; remove one of "
                    + "the two"));
        }

        adds = [.. adds.Where(tag => !blocked.Contains(tag))];
        removes = [.. removes.Where(tag => !adds.Any(add => rules.Replaces(add, tag)))];
        var first = removes.Where(remove => adds.Any(add => rules.Collides(add, remove))).ToList();

        var quota = rules.Quota ?? int.MaxValue;
        var over = live.Count - first.Count + adds.Length - quota;
        first.AddRange(removes.Except(first).Take(Math.Max(0, over)).ToArray());
        var room = Math.Max(0, quota - (live.Count - first.Count));
        foreach (var tag in adds.Skip(room))
        {
            refused.Add(new RefusedTag(tag, TagRefusal.Quota,
                $"would be tag number {quota + 1} or above, and the cloud takes {quota} on an image; declare fewer, or remove others"));
        }

        return new TagPlan(
            [
                .. first.Select(tag => new TagStep(TagVerb.Remove, tag)),
                .. adds.Take(room).Select(tag => new TagStep(TagVerb.Add, tag)),
                .. removes.Except(first).Select(tag => new TagStep(TagVerb.Remove, tag)),
            ],
            [.. refused.OrderBy(r => r.Refusal).ThenBy(r => r.Tag, StringComparer.Ordinal)]);
    }

    internal static bool MustRemove(string tag, TagDeclaration declared, ImageTags image) =>
        !declared.Tags.Contains(tag)
        && !image.DeclaredByOthers.Contains(tag)
        && !declared.IgnoreTags.Any(glob => TagGlob.IsMatch(glob, tag))
        && (declared.Policy == TagPolicy.Exact || image.Managed.Contains(tag));

    private static bool IsAddressable(string tag, TagRules rules, List<RefusedTag> refused)
    {
        if (rules.WhyNotAddressable(tag) is not { } why) return true;
        refused.Add(new RefusedTag(tag, TagRefusal.NotAddressable, why));
        return false;
    }

    private static ImmutableArray<string> Sorted(IEnumerable<string> tags) => [.. tags.Order(StringComparer.Ordinal)];
}
