using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

/// <summary>How the sets of one image affect each other.</summary>
public sealed class ImagePlanTests
{
    private static readonly TagRules Rules = new(ImageTag.WhyNotAddressable, ImageTag.Collides, Quota: 128);

    [Fact]
    public void Additive_sets_add_up()
    {
        ImageClaim[] claims = [
            Claim("a", 1, TagPolicy.Additive, "x"), Claim("b", 2, TagPolicy.Additive, "y"), Claim("c", 3, TagPolicy.Additive, "z")];
        Assert.Equal("a: +x; b: +y; c: +z", Describe(claims));
        Assert.Equal("a: ; b: ; c: ", Describe(claims, "x", "y", "z", "foreign"));
    }

    /// <summary>The table of exclusion, one row per case: of two sets that exclude each other, a declares x and b declares y.</summary>
    [Theory]
    //          a: policy          created owns   b: policy          created owns
    [InlineData(TagPolicy.Exact,    1, false, TagPolicy.Exact,    2, false, "a: +x; b loses to a")]
    [InlineData(TagPolicy.Exact,    1, false, TagPolicy.Additive, 2, false, "a: +x; b loses to a")]
    [InlineData(TagPolicy.Additive, 1, false, TagPolicy.Exact,    2, false, "a: +x; b loses to a")]
    [InlineData(TagPolicy.Exact,    1, true,  TagPolicy.Exact,    2, true,  "a: +x; b loses to a")]
    [InlineData(TagPolicy.Exact,    1, false, TagPolicy.Exact,    2, true,  "a loses to b; b: +y")]
    [InlineData(TagPolicy.Additive, 1, false, TagPolicy.Exact,    2, true,  "a loses to b; b: +y")]
    [InlineData(TagPolicy.Exact,    1, false, TagPolicy.Additive, 2, true,  "a loses to b; b: +y")]
    [InlineData(TagPolicy.Exact,    2, false, TagPolicy.Exact,    1, false, "a loses to b; b: +y")]
    [InlineData(TagPolicy.Exact,    1, false, TagPolicy.Exact,    1, false, "a: +x; b loses to a")]
    [InlineData(TagPolicy.Additive, 1, false, TagPolicy.Additive, 2, true,  "a: +x; b: +y")]
    public void The_owner_of_the_image_wins_then_the_older_then_the_first_by_name(
        TagPolicy aPolicy, int aCreated, bool aOwns, TagPolicy bPolicy, int bCreated, bool bOwns, string expected)
    {
        ImageClaim[] claims = [
            Claim("a", aCreated, aPolicy, "x") with { OwnsImage = aOwns }, Claim("b", bCreated, bPolicy, "y") with { OwnsImage = bOwns }];
        Assert.Equal(expected, Describe(claims));
        Assert.Equal(expected, Describe([claims[1], claims[0]]));
    }

    [Fact]
    public void An_excluded_set_excludes_no_other_and_protects_no_tag() => Assert.Equal(
        "a: ; b loses to a; c: -golden",
        Describe([Claim("a", 1, TagPolicy.Additive) with { WriteAccess = WriteAccess.Granted }, Claim("b", 2, TagPolicy.Exact, "golden"),
            Managing(Claim("c", 3, TagPolicy.Additive), "golden")], "golden"));

    [Fact]
    public void Exact_keeps_only_the_tags_that_non_excluded_sets_declare() => Assert.Equal(
        "a: +x -foreign -managed; b: -managed",
            Describe([Claim("a", 1, TagPolicy.Exact, "x"), Leaving(Claim("b", 2, TagPolicy.Exact), "managed")], "foreign", "managed"));

    [Fact]
    public void A_tag_that_another_set_declares_is_not_removed() => Assert.Equal(
        "a: ; b: ", Describe(
            [Managing(Claim("a", 1, TagPolicy.Additive), "golden"), Managing(Claim("b", 2, TagPolicy.Additive, "golden"), "golden")],
            "golden"));

    [Theory]
    //          owns   other: owns, write access           expected
    [InlineData(true,  false, WriteAccess.Unproven, "-golden")]      // it can see a public image, and may never be able to write
    [InlineData(true,  false, WriteAccess.Granted,  "")]
    [InlineData(true,  true,  WriteAccess.Unproven, "")]
    [InlineData(false, true,  WriteAccess.Unproven, "")]
    [InlineData(false, false, WriteAccess.Unproven, "")]
    [InlineData(true,  true,  WriteAccess.Refused,  "-golden")]
    [InlineData(false, false, WriteAccess.Refused,  "-golden")]
    public void A_given_up_tag_stays_if_another_set_declares_it_and_may_be_able_to_write(
        bool owns, bool otherOwns, WriteAccess otherAccess, string expected)
    {
        var claim = Managing(Claim("a", 1, TagPolicy.Additive), "golden") with { OwnsImage = owns };
        var other = Managing(Claim("b", 2, TagPolicy.Additive, "golden"), "golden") with
        {
            OwnsImage = otherOwns, WriteAccess = otherAccess,
        };
        Assert.StartsWith($"a: {expected};", Describe([claim, other], "golden"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WriteAccess.Unproven, "a loses to b; b: +y")]
    [InlineData(WriteAccess.Granted, "a loses to b; b: +y")]
    [InlineData(WriteAccess.Refused, "a: +x; b: +y")]
    public void A_set_whose_writes_were_refused_excludes_no_other(WriteAccess access, string expected) => Assert.Equal(
        expected,
        Describe([Claim("a", 2, TagPolicy.Additive, "x"), Claim("b", 1, TagPolicy.Exact, "y") with { WriteAccess = access }]));

    [Theory]
    [InlineData(WriteAccess.Unproven, "")]
    [InlineData(WriteAccess.Granted, "-golden")]
    public void A_tag_of_an_excluded_set_stays_until_the_excluding_set_has_proved_that_it_can_write(WriteAccess access, string expected)
    {
        ImageClaim[] claims =
        [
            Claim("a", 1, TagPolicy.Exact) with { WriteAccess = access },
            Managing(Claim("b", 2, TagPolicy.Additive, "golden"), "golden"),
            Leaving(Claim("c", 3, TagPolicy.Additive), "golden"),
        ];
        Assert.Equal($"a: -golden; b loses to a; c: {expected}", Describe(claims, "golden"));
    }

    [Theory]
    [InlineData("one", "a loses to b; b: ; c: ")]
    [InlineData("two", "a loses to b; b: ; c: ")]
    [InlineData("one", "a loses to b; b: ; c: -x", "one")]
    [InlineData("two", "a loses to b; b: ; c: ", "one")]
    public void Sets_with_the_same_identity_share_the_proof(string identity, string expected, string? accepted = null)
    {
        ImageClaim[] claims =
        [
            Claim("a", 2, TagPolicy.Exact, "x"),
            Claim("b", 1, TagPolicy.Additive) with { Identity = identity },
            Leaving(Claim("c", 3, TagPolicy.Additive), "x") with
            {
                Writer = accepted, WriteAccess = accepted is null ? WriteAccess.Unproven : WriteAccess.Granted,
            },
        ];
        Assert.Equal(expected, Describe(claims, "x"));
    }

    /// <summary>Set a declares x and y and proves that it can write where another set depends on that.</summary>
    [Theory]
    //          the other set                       access                live    sent    sent while held
    [InlineData("a younger Exact one",              WriteAccess.Unproven, "x|y",  "+x",   "+x")]
    [InlineData("a younger Exact one",              WriteAccess.Unproven, "z",    null,   "-")]      // it has something to write
    [InlineData("a younger Exact one",              WriteAccess.Granted,  "x|y",  null,   null)]
    [InlineData("a younger Exact one",              WriteAccess.Granted,  "z",    null,   null)]
    [InlineData("an older Exact one",               WriteAccess.Unproven, "x|y",  null,   null)]      // it writes nothing
    [InlineData("one that gives up y",              WriteAccess.Unproven, "x|y",  "+x",   null)]
    [InlineData("one that gives up y",              WriteAccess.Granted,  "x|y",  null,   null)]
    [InlineData("one that leaves with y",           WriteAccess.Unproven, "x|y",  "+x",   null)]
    [InlineData("a suspended one with y",           WriteAccess.Unproven, "x|y",  null,   null)]
    [InlineData("an Additive one",                  WriteAccess.Unproven, "x|y",  null,   null)]
    [InlineData("a younger Exact one, refused",     WriteAccess.Unproven, "x|y",  "+x",   "+x")]
    public void A_set_on_which_another_depends_proves_that_it_can_write(
        string kind, WriteAccess access, string live, string? sent, string? sentWhileHeld)
    {
        var b = Claim("b", kind.Contains("older", StringComparison.Ordinal) ? 0 : 2, TagPolicy.Additive);
        b = kind switch
        {
            "one that gives up y" => Managing(b, "y"),
            "one that leaves with y" => Leaving(b, "y"),
            "a suspended one with y" => Leaving(b, "y") with { IsPaused = true },
            "an Additive one" => b,
            _ => b with { Declaration = b.Declaration with { Policy = TagPolicy.Exact } },
        };
        if (kind.EndsWith("refused", StringComparison.Ordinal)) b = b with { WriteAccess = WriteAccess.Refused };
        var a = Claim("a", 1, TagPolicy.Additive, "x", "y") with { WriteAccess = access };
        var share = ImagePlan.Of([a, b], live.Split('|'), Rules).ShareOf("a");
        if (sent is not null) Assert.Equal([sent], share.Writes(isHeld: false).Select(step => step.ToString()));
        else Assert.Equal(share.Plan.Steps, share.Writes(isHeld: false));
        string[] held = sentWhileHeld switch { null => [], "-" => ["-" + ImagePlan.AbsentTag], _ => [sentWhileHeld] };
        Assert.Equal(held, share.Writes(isHeld: true).Select(step => step.ToString()));
    }

    /// <summary>Set a declares x, which is on the image. Set b is younger, and set c manages x.</summary>
    [Theory]
    //          b is                                             c           expected
    [InlineData("Additive",                                      "keeps x",  true)]
    [InlineData("Additive",                                      "gives up", true)]      // no set removes a tag that an admitted one declares
    [InlineData("Exact of the owner without x",                  "keeps x",  false)]
    [InlineData("Exact of the owner with x",                     "keeps x",  true)]
    [InlineData("Exact of the owner with x",                     "gives up", false)]     // the excluded set a cannot keep it
    [InlineData("Exact of the owner with x, not proven",         "keeps x",  false)]
    public void Declared_tags_count_as_there_when_they_stay(string kind, string manager, bool expected)
    {
        var a = Claim("a", 1, TagPolicy.Additive, "x") with { WriteAccess = WriteAccess.Granted };
        var b = kind == "Additive" ? Claim("b", 2, TagPolicy.Additive)
            : Claim("b", 2, TagPolicy.Exact, kind.Contains("with x", StringComparison.Ordinal) ? ["x"] : []) with { OwnsImage = true };
        if (!kind.EndsWith("proven", StringComparison.Ordinal)) b = b with { WriteAccess = WriteAccess.Granted };
        var c = Managing(Claim("c", 3, TagPolicy.Additive, manager == "keeps x" ? ["x"] : []), "x");
        Assert.Equal(expected, ImagePlan.Of([a, b, c], ["x"], Rules).ShareOf("a").HasAllDeclared);
        Assert.False(ImagePlan.Of([a, b, c], [], Rules).ShareOf("a").HasAllDeclared);
    }

    [Fact]
    public void A_set_without_tags_on_the_image_proves_by_the_removal_of_an_absent_tag_that_it_can_write()
    {
        ImageClaim[] claims = [Claim("a", 1, TagPolicy.Exact), Claim("b", 2, TagPolicy.Additive, "x")];
        Assert.Equal(
            [new TagStep(TagVerb.Remove, ImagePlan.AbsentTag)], ImagePlan.Of(claims, [], Rules).ShareOf("a").Writes(isHeld: false));
        // The test must change nothing.
        Assert.Empty(ImagePlan.Of(claims, [ImagePlan.AbsentTag], Rules).ShareOf("a").Writes(isHeld: true));
    }

    [Fact]
    public void A_set_manages_a_tag_until_the_status_of_its_successor_has_it()
    {
        var (leaving, successor) = (Leaving(Claim("a", 1, TagPolicy.Additive), "golden"), Claim("b", 2, TagPolicy.Additive, "golden"));
        var waiting = ImagePlan.Of([leaving, successor], ["golden"], Rules).ShareOf("a");
        Assert.True(waiting.Plan.IsEmpty);
        Assert.Equal("b", waiting.PendingHandovers["golden"]);
        Assert.Equal(["golden"], waiting.ManagedAfter);

        // The cloud has accepted no write of the successor yet, so the tag could be left with nobody who can remove it.
        successor = Managing(successor, "golden");
        Assert.Equal("b", ImagePlan.Of([leaving, successor], ["golden"], Rules).ShareOf("a").PendingHandovers["golden"]);

        var written = successor with { WriteAccess = WriteAccess.Granted };
        // Its status is of another image.
        var edited = written with { IsEdited = true };
        Assert.Equal("b", ImagePlan.Of([leaving, edited], ["golden"], Rules).ShareOf("a").PendingHandovers["golden"]);

        var done = ImagePlan.Of([leaving, written], ["golden"], Rules).ShareOf("a");
        Assert.True(done.Plan.IsEmpty);
        Assert.Empty(done.PendingHandovers);
        Assert.Empty(done.ManagedAfter);
    }

    [Fact]
    public void The_next_set_takes_over_although_it_was_excluded_before() => Assert.Equal(
        "a: ; b: ", Describe([Leaving(Claim("a", 1, TagPolicy.Exact), "golden"), Claim("b", 2, TagPolicy.Exact, "golden")], "golden"));

    [Fact]
    public void Original_tags_are_restored_unless_an_Exact_set_would_remove_them_again()
    {
        var restoring = Leaving(Claim("a", 1, TagPolicy.Additive, "before"), "golden");
        Assert.Equal("a: +before -golden", Describe([restoring], "golden"));
        Assert.Equal("a: +before -golden; b: ", Describe([restoring, Claim("b", 2, TagPolicy.Additive)], "golden"));
        var exact = Claim("b", 2, TagPolicy.Exact, "mine");
        Assert.Equal("a: +before -golden; b: +mine -golden", Describe([restoring, exact], "golden"));      // it may not be able to write
        Assert.Equal("a: -golden; b: +mine -golden", Describe([restoring, exact with { WriteAccess = WriteAccess.Granted }], "golden"));
        Assert.Equal("a: +before -golden; b: +mine -golden", Describe([restoring, exact with { OwnsImage = true }], "golden"));
    }

    /// <summary>Set a is deleted with a record of the original tags.</summary>
    [Theory]
    [InlineData("takes over",                            "b")]
    [InlineData("has a record",                          null)]
    [InlineData("does not restore",                      null)]
    [InlineData("is refused",                            null)]
    [InlineData("leaves too",                            null)]
    [InlineData("is excluded by an older set",           "c")]
    public void The_record_of_the_original_tags_stays_until_another_set_has_it(string other, string? expected)
    {
        var a = Leaving(Claim("a", 1, TagPolicy.Additive, "before"), "golden") with { Original = ["before"] };
        var b = Claim("b", 3, TagPolicy.Exact) with { Restores = true };
        b = other switch
        {
            "has a record" => b with { Original = [] },
            "does not restore" => b with { Restores = false },
            "is refused" => b with { WriteAccess = WriteAccess.Refused },
            "leaves too" => b with { IsLeaving = true },
            _ => b,
        };
        ImageClaim[] older = other == "is excluded by an older set" ? [Claim("c", 2, TagPolicy.Exact) with { Restores = true }] : [];
        var share = ImagePlan.Of([a, b, .. older], [], Rules).ShareOf("a");
        Assert.Equal(expected, share.PendingRecord);
        Assert.Null(ImagePlan.Of([a, b, .. older], [], Rules).ShareOf("b").PendingRecord);
    }

    /// <summary>Set a declares x. Without the permission to write to the image, it could not keep x there.</summary>
    [Theory]
    //          access                live  sent  sent while held
    [InlineData(WriteAccess.Unproven, "x",  "+x", "")]
    [InlineData(WriteAccess.Granted,  "x",  "",   "")]
    [InlineData(WriteAccess.Unproven, "y",  "+x", "")]
    public void A_set_that_moves_a_tag_to_an_image_proves_that_it_can_write(WriteAccess access, string live, string sent, string whileHeld)
    {
        var a = Claim("a", 1, TagPolicy.Additive, "x") with { WriteAccess = access, IsMoving = true };
        var share = ImagePlan.Of([a], [live], Rules).ShareOf("a");
        Assert.Equal(sent, string.Join(' ', share.Writes(isHeld: false)));
        Assert.Equal(whileHeld, string.Join(' ', share.Writes(isHeld: true)));
        Assert.Empty(ImagePlan.Of([a with { IsMoving = false }], ["x"], Rules).ShareOf("a").Writes(isHeld: false));
    }

    /// <summary>Set a is deleted and restores the tag "before"; another set still manages it.</summary>
    [Theory]
    [InlineData(false, "b")]     // b was edited and does not declare it any more
    [InlineData(true, "b")]      // b is deleted too
    public void A_tag_is_restored_after_the_sets_that_give_it_up(bool isLeaving, string expected)
    {
        var restoring = Leaving(Claim("a", 1, TagPolicy.Additive, "before"), "golden");
        var other = Managing(Claim("b", 2, TagPolicy.Additive), "before") with { IsLeaving = isLeaving };
        Assert.Equal(expected, Waits(other));
        Assert.Null(Waits(other with { Managed = [] }));
        Assert.Null(Waits(other with { IsPaused = true }));
        Assert.Null(Waits(other with { WriteAccess = WriteAccess.Refused }));
        Assert.Equal(isLeaving ? null : expected, Waits(other with { Original = ["before"] }));
        Assert.Null(Waits(other with { Declaration = other.Declaration with { Tags = ["before"] } }));

        string? Waits(ImageClaim claim)
        {
            var share = ImagePlan.Of([restoring, claim], ["before"], Rules).ShareOf("a");
            Assert.Equal(share.PendingRestores.Count > 0, share.IsUnfinished(null));
            return share.PendingRestores.GetValueOrDefault("before");
        }
    }

    [Fact]
    public void Manages_all_planned_tags_before_the_first_write_and_the_declared_and_stuck_ones_afterwards()
    {
        var share = ImagePlan.Of(
            [Managing(Claim("a", 1, TagPolicy.Additive, "declared"), "stuck", "gone", "shared"),
                Managing(Claim("b", 2, TagPolicy.Additive, "shared"), "shared") with { WriteAccess = WriteAccess.Granted }],
            ["stuck", "shared"],
            Rules).ShareOf("a");
        Assert.Equal(["declared", "gone", "shared", "stuck"], share.ManagedBefore);
        Assert.Equal(["declared", "stuck"], share.ManagedAfter);
    }

    private static string Describe(ImageClaim[] claims, params string[] live)
    {
        var plan = ImagePlan.Of(claims, live, Rules);
        return string.Join("; ", claims.Select(claim => claim.Owner).Order(StringComparer.Ordinal).Select(owner => plan.ShareOf(owner))
            .Select(share => share.Winner is { } winner
            ? $"{share.Claim.Owner} loses to {winner.Owner}"
            : $"{share.Claim.Owner}: {string.Join(" ", share.Plan.Steps.Select(step => (step.Verb == TagVerb.Add ? "+" : "-") + step.Tag))}"));
    }

    private static ImageClaim Claim(string owner, int age, TagPolicy policy, params string[] tags) =>
        new(owner, DateTimeOffset.UnixEpoch.AddSeconds(age), new TagDeclaration(tags, policy, []), []);

    private static ImageClaim Managing(ImageClaim claim, params string[] tags) => claim with { Managed = tags };

    private static ImageClaim Leaving(ImageClaim claim, params string[] tags) =>
        claim with { Declaration = claim.Declaration with { Policy = TagPolicy.Additive }, IsLeaving = true, Managed = tags };
}
