using FsCheck;
using FsCheck.Fluent;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>Random stories of sets that share images, and smaller ones of the same kind.</summary>
internal static class SharedStories
{
    private const int Numbers = 3;
    private const int Secrets = 2;

    private static readonly string[] Tags = ["a", "b", "x"];
    private static readonly string[] Declarable = ["a", "b"];

    public static Arbitrary<SharedStory> All { get; } = Arb.From(Stories, Shrink);

    private static Gen<SharedStory> Stories =>
        from count in Gen.Choose(1, 3)
        from images in Image.ListOf(count)
        from secrets in AnyLogin.ListOf(Secrets)
        from sets in Gen.Choose(2, 4)
        from acts in Gen.Choose(1, 3)
        from first in FirstAct(sets)
        from later in LaterAct(sets, count).ListOf(acts)
        let distinct = images.Select(
            (image, i) => image with { Number = i < 2 && count == 3 ? i : i == 2 ? images[2].Cloud == images[0].Cloud ? 2 : 0 : i })
        select Tidy(new SharedStory([.. distinct], [.. secrets], [first, .. later]));

    private static Gen<Picture> Image =>
        from cloud in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Constant(1)))
        from owner in Gen.Frequency((4, Gen.Constant("p")), (1, Gen.Constant("q")))
        from isPublic in Gen.Elements(true, false)
        from tags in Gen.SubListOf(Tags)
        from isMarked in Gen.Elements(true, false)
        from isThere in Gen.Frequency((5, Gen.Constant(true)), (1, Gen.Constant(false)))
        from state in State
        select new Picture(cloud, 0, owner, isPublic, [.. tags], isMarked, state.Status, state.IsCopied, isThere);

    private static Gen<(string Status, bool IsCopied)> State =>
        Gen.Frequency((8, Gen.Constant(("active", false))), (1, Gen.Elements(("queued", false), ("deactivated", false), ("active", true))));

    private static Gen<Login> AnyLogin =>
        from cloud in Gen.Frequency((5, Gen.Constant(0)), (1, Gen.Constant(1)))
        from user in Gen.Frequency(
            (5, Gen.Constant(User.Owner)), (1, Gen.Constant(User.Reader)), (2, Gen.Constant(User.Other)), (1, Gen.Constant(User.Admin)))
        from isInternal in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Login(cloud, user, isInternal);

    private static Gen<Aim> AnyAim => Gen.Frequency(
        (4, Gen.Choose(0, Numbers - 1).Select(number => new Aim(Number: number))),
        (1, Gen.Choose(0, Numbers - 1).Select(number => new Aim(Number: number, ByName: true))),
        (3,
            from glob in Gen.Elements("*", "ubuntu-*", "debian-*")
            from newest in Gen.Elements<int?>(null, 1, 1)
            from isMarked in Gen.Elements(true, false)
            select new Aim(Glob: glob, Newest: newest, IsMarked: isMarked)));

    private static Gen<Wish> AnyWish =>
        from aim in AnyAim
        from secret in Gen.Choose(0, Secrets - 1)
        from isExact in Gen.Frequency((1, Gen.Constant(true)), (2, Gen.Constant(false)))
        from tags in Gen.SubListOf(Declarable)
        from ignores in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        from onDeletion in Gen.Elements(Enum.GetValues<TagDeletionPolicy>())
        from odd in Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
        from most in Gen.Frequency((6, Gen.Constant((int?)null)), (1, Gen.Elements<int?>(0, 1)))
        select new Wish(
            aim, secret, isExact ? TagPolicy.Exact : TagPolicy.Additive, [.. tags], isExact && ignores ? ["x"] : [], onDeletion)
        {
            Mode = odd == 1 ? TagSetMode.Observe : TagSetMode.Enforce, IsSuspended = odd == 2, IsInvalid = odd == 3,
            MaxRemovals = aim.Newest is null ? most : null,
        };

    private static Gen<Act> FirstAct(int sets) =>
        from wishes in AnyWish.ListOf(sets)
        from act in Troubled(new Act(wishes.Select((wish, set) => (wish, set)).ToDictionary(pair => pair.set, Wish? (pair) => pair.wish),
            None<Login>(), None<Picture>()))
        select act;

    private static Gen<Act> LaterAct(int sets, int images) =>
        from who in Gen.SubListOf(Enumerable.Range(0, sets))
        from wishes in AnyWish.ListOf(sets)
        from gone in Gen.SubListOf(Enumerable.Range(0, sets))
        from isDeletion in Gen.Elements(true, false)
        from isSecret in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from secret in Gen.Choose(0, Secrets - 1)
        from login in AnyLogin
        from isImage in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true)))
        from image in Gen.Choose(0, images - 1)
        from facts in Image
        from act in Troubled(new Act(
            who.ToDictionary(set => set, set => isDeletion && gone.Contains(set) ? null : (Wish?)wishes[set]),
            isSecret ? new Dictionary<int, Login> { [secret] = login } : None<Login>(),
            isImage ? new Dictionary<int, Picture> { [image] = facts } : None<Picture>()))
        select act;

    private static Gen<Act> Troubled(Act act) =>
        from empty in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
        from lags in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from crash in Gen.Frequency((3, Gen.Constant((int?)null)), (1, Gen.Choose(1, 250).Select(steps => (int?)steps)))
        select act with { EmptyLists = empty, Lags = lags, CrashesAfter = crash };

    private static Dictionary<int, T> None<T>() => [];

    /// <summary>Removes what the rules do not define: no edits of deleted objects, and an image never changes its cloud, number or owner,
    /// and is imported once. An incomplete list does not show which image is the newest, so there are no empty lists in an act that adds
    /// newest or Retain, or that changes what a set with newest sees. What a set with newest removes depends on when it sees the newer
    /// image, so it has no maxRemovals.</summary>
    private static SharedStory Tidy(SharedStory story)
    {
        var (images, secrets) = (story.Images.ToArray(), story.Secrets.ToArray());
        var (gone, lost) = (new HashSet<int>(), new HashSet<int>());
        var acts = new List<Act>();
        var hasNewest = false;
        foreach (var each in story.Acts)
        {
            // An edited Secret triggers no reconcile: until its sets are reconciled, the previous state counts. A set that was rejected
            // does not take part until then.
            var act = each.Secrets.Count == 0 ? each : each with { Sets = None<Wish?>(), Images = None<Picture>(),
                Secrets = each.Secrets.Where(edit => secrets[edit.Key].By != User.Reader).ToDictionary() };
            foreach (var (secret, login) in act.Secrets) secrets[secret] = login;
            var sets = act.Sets.Where(edit => !gone.Contains(edit.Key)).ToDictionary(edit => edit.Key, edit => edit.Value);
            gone.UnionWith(sets.Where(edit => edit.Value is null).Select(edit => edit.Key));
            var facts = act.Images.Where(edit => !lost.Contains(edit.Key))
                .ToDictionary(edit => edit.Key, edit => edit.Value with { Cloud = images[edit.Key].Cloud, Number = images[edit.Key].Number,
                    Owner = images[edit.Key].Owner, Tags = images[edit.Key].Tags });
            // A set that can no longer see an image leaves its tags there, and a set that gives them up at that moment may still rely on
            // it.
            if (sets.Count + act.Secrets.Count > 0) facts = facts.ToDictionary(edit => edit.Key, edit =>
                edit.Value with { IsPublic = images[edit.Key].IsPublic });
            facts = facts.ToDictionary(edit => edit.Key, edit => edit.Value.IsPublic == images[edit.Key].IsPublic ? edit.Value
                : images[edit.Key] with { IsPublic = edit.Value.IsPublic });
            foreach (var (image, now) in facts)
            {
                if (images[image].IsThere && !now.IsThere) lost.Add(image);
                images[image] = now;
            }

            var addsNewest = sets.Values.Any(wish => wish?.Aim.Newest is not null);
            hasNewest |= addsNewest;
            var isUndefined = addsNewest || (hasNewest && act.Secrets.Count + facts.Count > 0)
                || sets.Values.Any(wish => wish?.OnDeletion == TagDeletionPolicy.Retain);
            acts.Add(act with { Sets = sets, Images = facts, EmptyLists = isUndefined ? 0 : act.EmptyLists });
        }

        return story with { Acts = acts };
    }

    private static IEnumerable<SharedStory> Shrink(SharedStory story)
    {
        for (var i = story.Acts.Count - 1; i > 0; i--) yield return Tidy(story with { Acts = Without(story.Acts, i) });
        for (var i = 0; i < story.Acts.Count; i++)
        {
            foreach (var smaller in Shrink(story.Acts[i])) yield return Tidy(story with { Acts = With(story.Acts, i, smaller) });
        }

        for (var i = 0; i < story.Images.Count; i++)
        {
            foreach (var smaller in Shrink(story.Images[i])) yield return Tidy(story with { Images = With(story.Images, i, smaller) });
        }

        for (var i = 0; i < story.Secrets.Count; i++)
        {
            if (story.Secrets[i].IsInternal) yield return story with { Secrets = With(
                story.Secrets, i, story.Secrets[i] with { IsInternal = false }) };
            if (story.Secrets[i].By != User.Owner) yield return story with { Secrets = With(
                story.Secrets, i, story.Secrets[i] with { By = User.Owner }) };
        }
    }

    private static IEnumerable<Act> Shrink(Act act)
    {
        if (act.EmptyLists > 0) yield return act with { EmptyLists = 0 };
        if (act.Lags) yield return act with { Lags = false };
        if (act.CrashesAfter is not null) yield return act with { CrashesAfter = null };
        foreach (var set in act.Sets.Keys) yield return act with { Sets = act.Sets.Where(edit => edit.Key != set).ToDictionary() };
        foreach (var secret in act.Secrets.Keys) yield return act with { Secrets = act.Secrets.Where(edit => edit.Key != secret)
            .ToDictionary() };
        foreach (
            var image in act.Images.Keys) yield return act with { Images = act.Images.Where(edit => edit.Key != image).ToDictionary() };
        foreach (var (set, wish) in act.Sets.Where(edit => edit.Value is not null))
        {
            foreach (
                var smaller in Shrink(wish!)) yield return act with { Sets = new Dictionary<int, Wish?>(act.Sets) { [set] = smaller } };
        }
    }

    private static IEnumerable<Wish> Shrink(Wish wish)
    {
        if (wish.IsInvalid || wish.IsSuspended || wish.Mode != TagSetMode.Enforce) yield return wish with { IsInvalid = false,
            IsSuspended = false, Mode = TagSetMode.Enforce };
        if (wish.MaxRemovals is not null) yield return wish with { MaxRemovals = null };
        if (wish.OnDeletion != TagDeletionPolicy.Remove) yield return wish with { OnDeletion = TagDeletionPolicy.Remove };
        if (wish.IsExact) yield return wish with { Policy = TagPolicy.Additive, Ignore = [] };
        if (wish.Aim is { IsSelector: false, ByName: true }) yield return wish with { Aim = wish.Aim with { ByName = false } };
        if (wish.Aim.IsMarked) yield return wish with { Aim = wish.Aim with { IsMarked = false } };
        if (wish.Aim.Newest is not null) yield return wish with { Aim = wish.Aim with { Newest = null } };
        if (wish.Secret > 0) yield return wish with { Secret = 0 };
        for (var tag = 0; tag < wish.Tags.Length; tag++) yield return wish with { Tags = Without(wish.Tags, tag) };
    }

    private static IEnumerable<Picture> Shrink(Picture image)
    {
        if (image.Status != "active" || image.IsCopied) yield return image with { Status = "active", IsCopied = false };
        if (image.IsMarked) yield return image with { IsMarked = false };
        if (image.IsPublic) yield return image with { IsPublic = false };
        for (var tag = 0; tag < image.Tags.Length; tag++) yield return image with { Tags = Without(image.Tags, tag) };
    }

    private static T[] Without<T>(IReadOnlyList<T> list, int index) => [.. list.Where((_, i) => i != index)];

    private static T[] With<T>(IReadOnlyList<T> list, int index, T item) => [.. list.Select((old, i) => i == index ? item : old)];
}
