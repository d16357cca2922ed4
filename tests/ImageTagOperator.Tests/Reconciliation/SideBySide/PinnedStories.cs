using ImageTagOperator.Planning.Specs;
using static ImageTagOperator.Planning.Specs.TagDeletionPolicy;
using static ImageTagOperator.Planning.Specs.TagPolicy;

namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>Stories whose result once depended on the order.</summary>
internal static class PinnedStories
{
    private static readonly Login Owner = new(0, User.Owner);
    private static readonly Login Other = new(0, User.Other);
    private static readonly Login Admin = new(0, User.Admin);
    private static readonly Aim Marked = new(Glob: "*", IsMarked: true);

    public static IReadOnlyList<SharedStory> All { get; } =
    [
        // An older set selects an image by a property that a read by id, as the younger set makes it, does not filter by.
        Story([Image(0, isMarked: true)], [Owner], Sets((0, Wish(Marked, Additive, [])), (1, Wish(new(0), Exact, ["a"])))),

        // A set that announced to take over a tag, but whose writes are rejected, takes over nothing.
        Story([Image(0, owner: "q", isPublic: true, tags: ["a"]), Image(1, owner: "q")], [Admin, Owner],
            Sets((0, Wish(new(0), Additive, ["a"]))),
            Sets((0, Wish(new(1), Additive, [])), (1, Wish(new(0), Additive, ["a", "b"]) with { Secret = 1 }))),

        // A tag on an image of another set that is about to be removed there does not count as present: the set must not release it
        // elsewhere.
        Story([Image(0, tags: ["a"]), Image(1, owner: "q"), Image(2, status: "deactivated")], [Owner, Admin],
            Sets((1, Wish(new(1), Additive, ["a"]) with { Secret = 1 })),
            Sets((0, Wish(new(0), Exact, [])), (1, Wish(new(Glob: "ubuntu-*"), Additive, ["a"])))),

        // Two sets with Restore each record the original tags, whichever is first.
        Story([Image(0, tags: ["a", "b", "x"])], [Owner],
            Sets((0, Wish(new(0), Additive, ["a"], Restore)), (1, Wish(new(0), Additive, ["b"], Restore))), Sets((0, null)),
                Sets((1, null))),

        // Tags that one set leaves behind now are original tags for the next.
        Story([Image(0, tags: ["x"])], [Owner],
            Sets((0, Wish(new(0), Additive, ["a", "b"], Retain))), Sets((0, null), (1, Wish(new(0), Exact, ["a"], Restore))),
                Sets((1, null))),

        // A set with new credentials owns the images that those own.
        Story([Image(0, owner: "q", tags: ["b"])], [Admin, Other],
            Sets((1, Wish(new(0), Additive, []))), Sets((0, Wish(new(0), Exact, [])), (1, Wish(new(0), Additive, []) with { Secret = 1 }))),

        // So does a set whose Secret leads to another project, for every set with the same Secret.
        Story([Image(0, owner: "q", tags: ["b"])], [Admin],
            Sets((0, Wish(new(0), Additive, [])), (1, Wish(new(0), Exact, []))),
                new Act(new Dictionary<int, Wish?>(), new Dictionary<int, Login> { [0] = Other }, new Dictionary<int, Picture>())),

        // A process that has not listed images yet knows from the status which images a set with newest has selected.
        Story([Image(0), Image(1), Image(2, isPublic: true)], [Owner],
            Sets((0, Wish(new(Glob: "*", Newest: 1), Exact, [])), (1, Wish(new(1), Additive, ["a"])), (3, Wish(new(1), Additive, ["a"]))),
            Sets((1, null)) with { CrashesAfter = 10 }),

        // An image that an empty list lacks is read with the new credentials too: the old ones cannot show that it still matches.
        Story([Image(0, tags: ["b"])], [Owner, new(0, User.Owner, IsInternal: true)],
            Sets((2, Wish(new(0), Additive, ["b"], Restore))),
            Sets((2, Wish(new(Glob: "*"), Additive, [], Restore) with { Secret = 1 })) with { EmptyLists = 2 }),

        // A set that may not write keeps no tag on an image, although it declares one that is there.
        Story([Image(0)], [Owner, new(0, User.Reader)],
            Sets((0, Wish(new(0), Additive, ["a"]))), Sets((1, Wish(new(0), Additive, ["a"]) with { Secret = 1 })), Sets((0, null))),

        // A refusal is out of date when the Secret names another user.
        Story([Image(0, isPublic: true, tags: ["x"])], [Other],
            Sets((0, Wish(new(Glob: "*"), Additive, ["a"]))), Sets((1, Wish(new(Glob: "*"), Exact, []))),
            new Act(new Dictionary<int, Wish?>(), new Dictionary<int, Login> { [0] = Owner }, new Dictionary<int, Picture>())),

        // A set restores a tag after another one that is deleted at the same time has removed it.
        Story([Image(0, tags: ["b"])], [Owner],
            Sets((2, Wish(new(0), Additive, [], Restore))), Sets((0, Wish(new(0), Additive, ["b"]))), Sets((0, null), (2, null))),

        // An image that newer ones replace is left with the credentials that wrote to it.
        Story([Image(0, isPublic: true), Image(1, isPublic: true)], [Owner, Other],
            Sets((0, Wish(new(0), Additive, ["a"]))), Sets((0, Wish(new(Glob: "*", Newest: 1), Additive, []) with { Secret = 1 }))),

        // A set keeps a tag on the image that it leaves, although an Exact set does not want it there.
        Story([Image(0), Image(1, status: "queued")], [Owner],
            Sets((0, Wish(new(0), Additive, ["a"])), (1, Wish(new(0), Exact, []) with { MaxRemovals = 0 })),
            Sets((0, Wish(new(1), Additive, ["a"])))),

        // The tags to restore are those of one moment, with the claims of the same moment.
        Story([Image(0, tags: ["b", "x"])], [Owner],
            Sets((0, Wish(new(Glob: "*"), Additive, ["a", "b"]))),
            Sets((0, Wish(new(Glob: "ubuntu-*"), Additive, [])), (1, Wish(new(Glob: "*"), Additive, [], Restore))), Sets((1, null))),

        // Two sets that cannot write: the refusal of each stays, although neither has a claim that could exclude the other.
        Story([Image(0, tags: ["b"])], [new(0, User.Reader)],
            Sets((0, Wish(new(0), Exact, ["b"])), (1, Wish(new(0), Additive, ["a"])))),

        // An empty list does not show that an older image is the newest now.
        Story([Image(0, owner: "q"), Image(2, isPublic: true)], [Other],
            Sets((1, Wish(new(Glob: "*"), Additive, ["b"])), (2, Wish(new(Glob: "*", Newest: 1), Additive, ["b"]))),
            Sets((1, null)) with { EmptyLists = 3 }),

        // A set that may not write excludes nobody, also before its first write shows it.
        Story([Image(1)], [Owner, new(0, User.Reader)],
            Sets((1, Wish(new(1), Additive, ["b"])), (2, Wish(new(1), Additive, ["b"]))),
            Sets((0, Wish(new(1), Exact, []) with { Secret = 1 }), (2, null))),

        // The first list of a set that takes over a tag was empty, and its interval is longer than the deleted set waits.
        Story([Image(1)], [Owner],
            Sets((2, Wish(new(1), Additive, ["b"]))),
            Sets((1, Wish(new(Glob: "debian-*"), Additive, ["b"], Restore)), (2, null)) with { EmptyLists = 2 }, Sets((1, null))),

        // Two clouds have images with the same id, and the same tag is removed from both at once.
        Story([Image(0, tags: ["a"]), Image(0) with { Cloud = 1 }], [new(1, User.Owner), Owner],
            Sets((1, Wish(new(0), Additive, ["a"]))), Sets((1, Wish(new(0), Exact, []) with { Secret = 1 }))),

        // Tags that a set cannot keep on an image do not count as moved there.
        Story([Image(0, isPublic: true), Image(1, owner: "q")], [Other, Owner],
            Sets((1, Wish(new(0), Additive, ["a"]) with { Secret = 1 }), (2, Wish(new(1), Additive, ["a"]))),
            Sets((1, Wish(new(0), Additive, []) with { Secret = 1 }), (2, Wish(new(0), Additive, ["a"])))),

        // A write proves for all sets with the same identity that they can write, so no tag seems to be another set's for a while.
        Story([Image(0)], [Owner],
            Sets((1, Wish(new(0), Additive, ["a", "b"]))),
            Sets((0, Wish(new(Glob: "*"), Additive, [])), (1, Wish(new(0), Additive, []) with { MaxRemovals = 1 }), (3, Wish(new(0), Exact, ["b"])))),

        // An edited set takes over nothing until its status is of the new spec: it may leave the image.
        Story([Image(0), Image(1)], [Owner],
            Sets((1, Wish(new(0), Additive, ["a"])), (2, Wish(new(Glob: "ubuntu-*"), Additive, ["a"]))),
            Sets((1, null), (2, Wish(new(Glob: "*", Newest: 1), Additive, ["a"], Retain)))),

        // The tags to restore do not depend on a set that cannot write.
        Story([Image(0), Image(1, tags: ["b"])], [Owner, new(0, User.Reader)],
            Sets((0, Wish(new(1), Additive, ["b"], Restore)), (2, Wish(new(1), Additive, ["a"], Restore) with { Secret = 1 })),
            Sets((0, Wish(new(Glob: "ubuntu-*"), Additive, [], Restore)))),

        // A set with newest that has listed nothing yet: a list says whether it selects the image.
        Story([Image(0, tags: ["b"]), Image(1)], [Owner],
            Sets((0, Wish(new(Glob: "*", Newest: 1), Additive, ["b"])), (1, Wish(new(0), Additive, ["b"], Restore))), Sets((1, null))),

        // A refused set whose Secret leads elsewhere now protects nothing.
        Story([Image(0, isPublic: true, tags: ["a"]), Image(1)], [Other, Owner],
            Sets((1, Wish(new(0), Additive, ["a"]))),
            Sets((0, Wish(new(0), Additive, ["a"])), (1, Wish(new(Glob: "*", Newest: 1), Additive, []) with { Secret = 1 })),
            new Act(new Dictionary<int, Wish?>(), new Dictionary<int, Login> { [0] = new(1, User.Owner) }, new Dictionary<int, Picture>())),

        // A Secret leads to another cloud, where one of its sets has newest and listed nothing yet.
        Story([Image(1, tags: ["b"]), Image(0, tags: ["x"])], [new(1, User.Owner), Owner],
            Sets((0, Wish(new(1), Additive, [], Restore)), (1, Wish(new(Glob: "debian-*", Newest: 1), Additive, ["b"]))),
            new Act(new Dictionary<int, Wish?>(), new Dictionary<int, Login> { [0] = Owner }, new Dictionary<int, Picture>()),
            Sets((0, null), (1, Wish(new(0), Additive, [])))),

        // A list with the new credentials lacks the images of the project before. It is complete.
        Story([Image(0, tags: ["x"]), Image(1, owner: "q"), Image(2, owner: "q")], [Owner, Other],
            Sets((1, Wish(new(Glob: "*", Newest: 1), Additive, []) with { Secret = 1 }), (2, Wish(new(Glob: "ubuntu-*"), Exact, []) with { Secret = 1 })),
            new Act(new Dictionary<int, Wish?>(), new Dictionary<int, Login> { [1] = Owner }, new Dictionary<int, Picture>())),

        // Two sets are deleted together. A replica still shows the tag that one removed and the other restores.
        Story([Image(0, tags: ["a"]), Image(1)], [Owner],
            Sets((0, Wish(new(0), Additive, [], Restore))), Sets((1, Wish(new(Glob: "ubuntu-*"), Additive, ["a"]))),
            Sets((0, null), (1, null)) with { Lags = true }),

        // A tag on an image of another set that gives it up does not count as moved there.
        Story([Image(0), Image(1), Image(2, owner: "q", tags: ["x"])], [Owner, Admin],
            Sets((0, Wish(new(0), Additive, ["a"])), (1, Wish(new(1), Additive, ["a"]))),
            Sets((0, Wish(new(Glob: "debian-*"), Exact, ["a"]) with { Secret = 1 }), (1, Wish(new(Glob: "*"), Additive, [])))),

        // An empty list lacks an image that exists, so it does not show that the tag has nowhere to move to.
        Story([Image(0) with { IsCopied = true }, Image(1), Image(0, tags: ["x"]) with { Cloud = 1 }], [Owner],
            Sets((1, Wish(new(Glob: "debian-*"), Additive, ["a"]))),
            Sets((1, Wish(new(Glob: "ubuntu-*"), Additive, ["a"]))) with { EmptyLists = 2 }),

        // A set with newest and other credentials that has listed nothing yet: a list says whether it selects the image.
        Story([Image(0, tags: ["a"]), Image(2)], [Owner, Owner],
            Sets((0, Wish(new(0), Additive, ["a"], Restore) with { Secret = 1 }), (1, Wish(new(Glob: "ubuntu-*", Newest: 1), Additive, ["a"]))),
            Sets((0, Wish(new(2), Additive, [], Restore)))),

        // The removals of a set in conflict count for maxRemovals until the other set has proved that it can write.
        Story([Image(0), Image(2, tags: ["b"])], [new(0, User.Reader), Owner],
            Sets((0, Wish(new(2), Additive, [])), (2, Wish(new(0), Additive, ["b"]) with { Secret = 1 })),
            Sets((2, Wish(new(2), Exact, []) with { MaxRemovals = 1 }))),

        // A tag that only a refused set declares is one of the original tags.
        Story([Image(0, owner: "q", isPublic: true, tags: ["a", "b"])], [Admin, Owner],
            Sets((1, Wish(new(Glob: "*"), Exact, ["a"]) with { Secret = 1, MaxRemovals = 0 }), (2, Wish(new(0), Additive, ["a"], Restore))),
            Sets((2, null))),

        // A refused set keeps managing the tag that it could not remove.
        Story([Image(0, owner: "q", isPublic: true), Image(1)], [Admin, Owner],
            Sets((1, Wish(new(Glob: "*"), Additive, ["b"]))),
            Sets((1, Wish(new(0), Exact, []) with { Secret = 1 }), (2, Wish(new(0), Additive, ["b"]))),
            Sets((1, Wish(new(0), Additive, [])), (2, Wish(new(2), Additive, [])))),

        // A tag that a set removed between the read and the record of another set is not original.
        Story([Image(0), Image(2, tags: ["x"])], [Owner, Owner],
            Sets((1, Wish(new(0), Additive, ["b"]))), Sets((3, Wish(new(2), Additive, ["b"]))),
            Sets((1, Wish(new(2), Additive, [])), (3, Wish(new(0), Additive, ["a"], Restore) with { Secret = 1 })),
            Sets((3, null))),

        // An Exact set that cannot write prevents no restoring.
        Story([Image(2, owner: "q", isPublic: true, tags: ["b"])], [Admin, Owner],
            Sets((3, Wish(new(2), Additive, ["b"], Restore))),
            Sets((2, Wish(new(2), Exact, []) with { Secret = 1 }), (3, null))),

        // The record of the original tags passes to a set that was excluded before.
        Story([Image(0), Image(1, tags: ["b"]), Image(2)], [Owner],
            Sets((0, Wish(new(Glob: "*"), Additive, ["b"], Restore)), (2, Wish(new(Glob: "debian-*"), Exact, [], Restore))),
            Sets((0, null)), Sets((2, Wish(new(0), Additive, [], Restore)))),

        // A tag moves only to an image that the set can write to.
        Story([Image(1, isPublic: true), Image(2)], [Owner],
            Sets((3, Wish(new(Glob: "*"), Additive, ["b"]))),
            new Act(new Dictionary<int, Wish?>(), new Dictionary<int, Login> { [0] = Other }, new Dictionary<int, Picture>()),
            Sets((1, Wish(new(1), Additive, [])), (2, Wish(new(Glob: "debian-*"), Exact, [])), (3, Wish(new(1), Additive, ["b"])))),

        // One empty list does not show that an edited selector matches nothing: lists never showed the former image, of another project.
        Story([Image(0, owner: "q"), Image(1)], [Other, Owner],
            Sets((0, Wish(new(1), Exact, []) with { Secret = 1 }), (1, Wish(new(0), Additive, ["b"]))),
            Sets((1, Wish(new(Glob: "debian-*"), Additive, ["b"]) with { Secret = 1 })), Sets() with { EmptyLists = 1 }),
        Story([Image(0, isPublic: true), Image(2)], [Owner, Other],
            Sets((0, Wish(new(2), Additive, ["a"]))),
            Sets((0, Wish(new(Glob: "*"), Additive, ["a"]) with { Secret = 1 })) with { EmptyLists = 3 }),

        // A set that leaves an image and still manages a tag there selects it again, before it has looked.
        Story([Image(1, tags: ["b"])], [Owner],
            Sets((2, Wish(new(Glob: "*"), Additive, ["b"]))),
            Sets((0, Wish(new(1), Additive, ["b"]))) with { Images = new Dictionary<int, Picture> { [0] = Image(1, status: "queued") } },
            Sets((0, Wish(new(1), Additive, []))) with { Images = new Dictionary<int, Picture> { [0] = Image(1) } }),

        // maxRemovals holds a set also while another one, which may prove unable to write, declares what it would remove.
        Story([Image(0, owner: "q"), Image(1, tags: ["a", "x"])], [Admin, new(0, User.Reader)],
            Sets((1, Wish(new(1), Additive, ["a"]) with { Secret = 1 }), (2, Wish(new(Glob: "*"), Exact, ["b"]) with { MaxRemovals = 1 }))),

        // A moved tag does not leave its image because a lagging read shows it on one that refused it.
        Story([Image(0, tags: ["a", "x"]), Image(1, isPublic: true, tags: ["b", "x"])], [new(0, User.Other, IsInternal: true), Owner],
            Sets(
                (2, Wish(new(0), Additive, ["b"], Restore) with { Secret = 1 }),
                (3, Wish(new(1), Exact, ["a", "b"]) with { Secret = 1 })),
            Sets((2, Wish(new(Glob: "debian-*", Newest: 1), Exact, ["a", "b"], Restore)), (3, null)) with { Lags = true }),

        // A tag that cannot move yet stays when another set gives it up, whichever of the two is first.
        Story([Image(0, tags: ["x"]), Image(2, owner: "q", isPublic: true, status: "queued")], [Owner],
            Sets(
                (0, Wish(new(Glob: "ubuntu-*", Newest: 1), Additive, ["b"])),
                (3, Wish(new(Glob: "*"), Additive, ["b"]))),
            Sets((3, Wish(new(0), Additive, []))) with
            {
                Images = new Dictionary<int, Picture> { [1] = Image(2, owner: "q", isPublic: true) },
            }),

        // An Exact set prevents the restoring of a tag only when it has shown that it can remove it.
        Story([Image(0, tags: ["b"])], [new(0, User.Reader), Owner],
            Sets((2, Wish(new(0), Additive, ["b"], Restore) with { Secret = 1 })),
            Sets((0, Wish(new(Glob: "*"), Exact, [])), (2, Wish(new(Glob: "debian-*"), Additive, [], Restore)))),

        // Two sets that move the same tag, which neither of them wrote, do not wait for each other; nor does one that brings it back.
        Story([Image(0, tags: ["b"]), Image(2, status: "queued")], [Owner, Owner],
            Sets(
                (0, Wish(new(Glob: "ubuntu-*", Newest: 1), Additive, ["b"])),
                (1, Wish(new(Glob: "*", Newest: 1), Additive, ["b"]) with { Secret = 1 })),
            Sets() with { Images = new Dictionary<int, Picture> { [1] = Image(2) } }),
        Story([Image(0, tags: ["b"]), Image(2, status: "queued")], [Owner],
            Sets(
                (0, Wish(new(Glob: "ubuntu-*", Newest: 1), Additive, ["b"])),
                (1, Wish(new(Glob: "*", Newest: 1), Additive, ["b"], Restore))),
            Sets() with { Images = new Dictionary<int, Picture> { [1] = Image(2) } }),

        // A set that lost a conflict, or cannot write, does not later remove the tag of a set that has it by then.
        Story([Image(0), Image(2, isPublic: true)], [Other, Admin],
            Sets(
                (0, Wish(new(2), Additive, [])), (2, Wish(new(2), Exact, ["b"]) with { Secret = 1 }),
                (3, Wish(new(2), Additive, ["b"]) with { Secret = 1 })),
            Sets((2, Wish(new(0), Additive, [])), (3, null))),
        Story([Image(0), Image(2)], [Owner, new(0, User.Reader)],
            Sets((0, Wish(new(Glob: "ubuntu-*"), Additive, ["b"]) with { Secret = 1 })),
            Sets((0, Wish(new(2), Additive, []) with { Secret = 1 }), (2, Wish(new(Glob: "*"), Exact, ["b"]))),
            Sets((0, Wish(new(2), Additive, [])))),

        // The images of newest that keep their tags without a match do not hide which credentials reached them.
        Story([Image(0, owner: "q", isMarked: true)], [Other],
            Sets((2, Wish(new(Glob: "ubuntu-*", IsMarked: true, Newest: 1), Additive, ["b"]))),
            Sets() with { Images = new Dictionary<int, Picture> { [0] = Image(0, owner: "q") }, CrashesAfter = 223 },
            Sets() with { Secrets = new Dictionary<int, Login> { [0] = new(0, User.Reader, IsInternal: true) } },
            Sets((2, null))),
    ];

    private static SharedStory Story(Picture[] images, Login[] secrets, params Act[] acts) => new(images, secrets, acts);

    private static Picture Image(
        int number, string owner = "p", bool isPublic = false, string[]? tags = null, bool isMarked = false, string status = "active") =>
        new(0, number, owner, isPublic, tags ?? [], isMarked, status);

    private static Wish Wish(Aim aim, TagPolicy policy, string[] tags, TagDeletionPolicy onDeletion = Remove) =>
        new(aim, 0, policy, tags, [], onDeletion);

    private static Act Sets(params (int Set, Wish? Wish)[] edits) =>
        new(edits.ToDictionary(edit => edit.Set, edit => edit.Wish), new Dictionary<int, Login>(), new Dictionary<int, Picture>());
}
