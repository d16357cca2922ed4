using FsCheck;
using FsCheck.Fluent;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>Random stories, and smaller ones of the same kind.</summary>
internal static class Stories
{
    public static readonly string[] Tags = ["a", "b", "c d", "e=1%", "x", "y"];

    private static readonly string[] Declarable = ["a", "b", "c d", "e=1%"];

    /// <summary>More requests than most stories take.</summary>
    private const int Requests = 60;

    private static readonly Gen<string[]> AnyTags = Gen.SubListOf(Tags).Select(tags => tags.ToArray());

    private static readonly Gen<string[]> DeclaredTags = Gen.SubListOf(Declarable).Select(tags => tags.ToArray());

    private static readonly Gen<string[]> Ignored =
        Gen.Frequency((3, Gen.Constant(Array.Empty<string>())), (1, Gen.SubListOf("x", "c*", "?=*").Select(globs => globs.ToArray())));

    /// <summary>All goes well.</summary>
    public static Arbitrary<Story> Calm { get; } = Arb.From(Stage(deletesAll: false), Shrink);

    /// <summary>Nothing goes well.</summary>
    public static Arbitrary<Story> Wild { get; } = Arb.From(Wilder(Stage(deletesAll: false)), Shrink);

    /// <summary>Nothing goes well, and in the end all sets are deleted.</summary>
    public static Arbitrary<Story> Departing { get; } = Arb.From(Wilder(Stage(deletesAll: true)), Shrink);

    /// <summary>One set by id that is edited and deleted; all goes well.</summary>
    public static Arbitrary<Story> Single { get; } = Arb.From(
        from tags in AnyTags
        from first in SingleSpec
        from second in SingleSpec
        let edit = new Change(1, new Dictionary<int, Declared?> { [0] = second }, null)
        let deletion = new Change(2, new Dictionary<int, Declared?> { [0] = null }, null)
        select new Story([tags], [first], [edit, deletion], []));

    private static Gen<Declared> SingleSpec => Spec(images: 1, mayRestore: true).Select(spec => spec with { Image = new Target(Id: 0) });

    private static Gen<Declared> Spec(int images, bool mayRestore) =>
        from target in Gen.Frequency(
            (4, Gen.Choose(0, images - 1).Select(image => new Target(Id: image))),
            (1, Gen.Choose(0, images - 1).Select(image => new Target(Name: image))),
            (3, from glob in Gen.Elements("*", "ubuntu-*", "debian-*") from newest in Gen.Elements<int?>(null, 1, 1, 2) select new Target(
                Glob: glob, Newest: newest)))
        from policy in Gen.Elements(TagPolicy.Exact, TagPolicy.Additive, TagPolicy.Additive)
        from tags in DeclaredTags
        from ignored in Ignored
        from onDeletion in Gen.Elements(mayRestore ? [TagDeletionPolicy.Remove, TagDeletionPolicy.Restore, TagDeletionPolicy.Retain]
            : new[] { TagDeletionPolicy.Remove, TagDeletionPolicy.Remove, TagDeletionPolicy.Retain })
        select new Declared(target, policy, tags, ignored, onDeletion);

    private static Gen<Story> Stage(bool deletesAll) =>
        from imported in Gen.Choose(0, 1)
        from images in Gen.Choose(1, 4 - imported).SelectMany(count => AnyTags.ListOf(count))
        from count in Gen.Choose(1, 3)
        let mayRestore = count == 1     // what the tags were before depends on who came first
        from sets in Spec(images.Count + imported, mayRestore).ListOf(count)
        from changes in Changes(count, images.Count, imported, mayRestore, deletesAll)
        select new Story([.. images], [.. sets], changes, []);

    private static Gen<Change[]> Changes(int sets, int images, int imported, bool mayRestore, bool deletesAll) =>
        from moments in Gen.Choose(imported, 2)
        from ats in Gen.Choose(1, Requests).ListOf(moments + 1)
        from edits in Gen.CollectToList(
            Enumerable.Range(0, moments), _ => Edits(sets, images + imported, mayRestore, mayDelete: !deletesAll))
        from tags in AnyTags
        let order = ats.Order().ToArray()
        let changes = edits.Select((edit, i) => new Change(order[i], edit, i == 0 && imported > 0 ? tags : null))
        let last = new Change(order[^1], Enumerable.Range(0, sets).ToDictionary(set => set, _ => (Declared?)null), null)
        select Alive([.. changes, .. deletesAll ? new[] { last } : []]);

    private static Gen<Dictionary<int, Declared?>> Edits(int sets, int images, bool mayRestore, bool mayDelete) =>
        from who in Gen.SubListOf(Enumerable.Range(0, sets))
        from specs in Spec(images, mayRestore).ListOf(sets)
        from deleted in Gen.SubListOf(Enumerable.Range(0, sets))
        from isDeletion in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true)))
        select who.ToDictionary(set => set, set => mayDelete && isDeletion && deleted.Contains(set) ? null : (Declared?)specs[set]);

    /// <summary>Without edits of what is deleted already.</summary>
    private static Change[] Alive(Change[] changes)
    {
        var gone = new HashSet<int>();
        return [.. changes.Select(change =>
        {
            var edits = change.Edits.Where(edit => !gone.Contains(edit.Key)).ToDictionary();
            gone.UnionWith(edits.Where(edit => edit.Value is null).Select(edit => edit.Key));
            return change with { Edits = edits };
        })];
    }

    private static Gen<Story> Wilder(Gen<Story> stories) =>
        from story in stories
        from count in Gen.Choose(0, 5)
        from incidents in Incident(story.AllImages.Count).ListOf(count)
        select story with { Incidents = [.. incidents.OrderBy(incident => incident.At)] };

    private static Gen<Incident> Incident(int images) =>
        from at in Gen.Choose(1, Requests)
        from kind in Gen.Elements(Enum.GetValues<Mishap>())
        from image in Gen.Choose(0, images - 1)
        from tag in Gen.Elements(Tags)
        from adds in Gen.Elements(true, false)
        select new Incident(at, kind, image, tag, adds);

    private static IEnumerable<Story> Shrink(Story story)
    {
        for (var i = 0; i < story.Incidents.Count; i++) yield return story with { Incidents = Without(story.Incidents, i) };
        for (var i = 0; i < story.Changes.Count; i++)
        {
            if (story.Changes[i].Import is null) yield return story with { Changes = Alive([.. Without(story.Changes, i)]) };
            foreach (var set in story.Changes[i].Edits.Keys)
            {
                yield return story with { Changes = With(story.Changes, i,
                    story.Changes[i] with { Edits = story.Changes[i].Edits.Where(edit => edit.Key != set).ToDictionary() }) };
            }
        }

        var last = story.Sets.Count - 1;
        if (last > 0
            && story.Changes.All(change => !change.Edits.ContainsKey(last))) yield return story with { Sets = Without(story.Sets, last) };
        for (var i = 0; i < story.Sets.Count; i++)
        {
            foreach (var smaller in Shrink(story.Sets[i])) yield return story with { Sets = With(story.Sets, i, smaller) };
        }

        for (var i = 0; i < story.Changes.Count; i++)
        {
            foreach (var (set, spec) in story.Changes[i].Edits.Where(edit => edit.Value is not null))
            {
                foreach (var smaller in Shrink(spec!))
                {
                    yield return story with { Changes = With(story.Changes, i,
                        story.Changes[i] with { Edits = new Dictionary<int, Declared?>(story.Changes[i].Edits) { [set] = smaller } }) };
                }
            }
        }

        for (var i = 0; i < story.Images.Count; i++)
        {
            for (var tag = 0; tag < story.Images[i].Length; tag++) yield return story with { Images = With(
                story.Images, i, [.. Without(story.Images[i], tag)]) };
        }
    }

    private static IEnumerable<Declared> Shrink(Declared spec)
    {
        if (spec.OnDeletion != TagDeletionPolicy.Remove) yield return spec with { OnDeletion = TagDeletionPolicy.Remove };
        if (spec.Ignore.Length > 0) yield return spec with { Ignore = [] };
        if (spec.IsExact) yield return spec with { Policy = TagPolicy.Additive };
        for (var tag = 0; tag < spec.Tags.Length; tag++) yield return spec with { Tags = [.. Without(spec.Tags, tag)] };
    }

    private static T[] Without<T>(IReadOnlyList<T> list, int index) => [.. list.Where((_, i) => i != index)];

    private static T[] With<T>(IReadOnlyList<T> list, int index, T item) => [.. list.Select((old, i) => i == index ? item : old)];
}
