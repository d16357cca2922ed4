using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

/// <summary>The tags that a set manages after a reconcile, and its record of the original tags.</summary>
public sealed class ImageShareTests
{
    private static readonly TagRules Rules = new(_ => null, (_, _) => false);

    /// <summary>The set declares golden and lts and managed old and golden before. The image still has old.</summary>
    [Theory]
    //          may write, problem                        added      owns
    [InlineData(true,  null,                              "",        "golden lts old")]
    [InlineData(true,  nameof(Reason.Transient),          "",        "golden lts old")]
    [InlineData(true,  nameof(Reason.Forbidden),          "",        "golden lts old")]
    [InlineData(false, null,                              "",        "golden old")]
    [InlineData(false, nameof(Reason.Transient),          "",        "golden old")]
    [InlineData(true,  nameof(Reason.Conflict),           "",        "golden old")]
    [InlineData(true,  nameof(Reason.Conflict),           "lts",     "golden lts old")]
    [InlineData(true,  nameof(Reason.Contended),          "",        "golden old")]
    [InlineData(true,  nameof(Reason.Contended),          "lts",     "golden lts old")]
    [InlineData(true,  nameof(Reason.RemovalLimitExceeded), "",      "golden old")]
    [InlineData(true,  nameof(Reason.RemovalLimitExceeded), "lts",   "golden lts old")]
    public void Manages_tags_that_may_be_written_and_tags_to_be_removed(bool mayWrite, string? problem, string added, string expected)
    {
        var share = Share(["golden", "old"]);
        var reason = problem is null ? null : new Problem(Reason.All.Single(one => one.Name == problem), "");
        Assert.Equal(expected, string.Join(' ', share.Managed(mayWrite, reason, added.Length == 0 ? [] : [added]).Order()));
    }

    [Fact]
    public void A_tag_that_is_known_to_be_removed_is_no_longer_managed()
    {
        var share = Share(["golden"]);
        Assert.Equal(["golden", "lts"], share.Managed(true, null, []).Order());
        Assert.Equal(["golden", "lts", "old"], share.Managed(true, new Problem(Reason.Transient, ""), []).Order());
    }

    [Theory]
    [InlineData("", null, false)]
    [InlineData("", nameof(Reason.Transient), true)]
    [InlineData("", nameof(Reason.Forbidden), false)]
    [InlineData("old", null, true)]
    public void A_released_image_stays_in_the_status_until_all_is_done(string live, string? problem, bool isUnfinished)
    {
        var claim = Claim("a", [], "old") with { IsLeaving = true };
        var share = ImagePlan.Of([claim], live.Length == 0 ? [] : [live], Rules).ShareOf("a");
        Assert.Equal(
            isUnfinished, share.IsUnfinished(problem is null ? null : new Problem(Reason.All.Single(one => one.Name == problem), "")));
    }

    [Fact]
    public void A_pending_handover_keeps_the_image_in_the_status()
    {
        var leaving = Claim("a", [], "golden") with { IsLeaving = true };
        var share = ImagePlan.Of([leaving, Claim("b", ["golden"])], ["golden"], Rules).ShareOf("a");
        Assert.True(share.Plan.IsEmpty);
        Assert.True(share.IsUnfinished(null));
    }

    /// <summary>PendingHandovers contains the tags that the set gives up and that another set declares and does not manage yet.</summary>
    [Theory]
    [InlineData("golden", "golden", "", "golden=b")]
    [InlineData("", "golden", "", "")]              // not on the image
    [InlineData("golden", "golden", "golden", "")]  // taken over
    [InlineData("golden", "lts", "", "")]           // no set declares it
    public void A_tag_is_released_when_another_set_manages_it(string live, string declared, string managed, string expected)
    {
        ImageClaim[] claims =
        [
            Claim("a", [], "golden") with { IsLeaving = true },
            Claim("b", [declared], managed.Length == 0 ? [] : [managed]) with { WriteAccess = WriteAccess.Granted },
        ];
        claims = [.. claims.Select(claim => claim with { Declaration = claim.Declaration with { Policy = TagPolicy.Additive } })];
        var share = ImagePlan.Of(claims, live.Length == 0 ? [] : [live], Rules).ShareOf("a");
        Assert.Equal(expected, string.Join(' ', share.PendingHandovers.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Fact]
    public void One_of_several_successors_that_manages_the_tag_is_enough()
    {
        ImageClaim[] claims =
        [
            Claim("a", [], "golden") with { IsLeaving = true },
            Additive(Claim("b", ["golden"])),
            Additive(Claim("c", ["golden"], "golden")) with { WriteAccess = WriteAccess.Granted },
        ];
        Assert.Empty(ImagePlan.Of(claims, ["golden"], Rules).ShareOf("a").PendingHandovers);

        static ImageClaim Additive(ImageClaim claim) => claim with { Declaration = claim.Declaration with { Policy = TagPolicy.Additive } };
    }

    /// <summary>An older set excludes this one, which would remove stray.</summary>
    [Theory]
    [InlineData(WriteAccess.Granted, "")]
    [InlineData(WriteAccess.Unproven, "stray")]
    [InlineData(WriteAccess.Refused, "stray")]      // it excludes nobody
    public void Removals_count_until_the_excluding_set_has_proved_that_it_can_write(WriteAccess access, string expected)
    {
        var share = ImagePlan.Of([Claim("a", []) with { WriteAccess = access }, Claim("b", [])], ["stray"], Rules).ShareOf("b");
        Assert.Equal(access == WriteAccess.Refused, share.Winner is null);
        Assert.Equal(expected, string.Join(' ', share.LimitedRemovals));
    }

    /// <summary>This set gives up golden and removes nothing; another set declares golden.</summary>
    [Theory]
    [InlineData(WriteAccess.Granted, false, "")]
    [InlineData(WriteAccess.Granted, true, "golden")]       // its spec may name other credentials now
    [InlineData(WriteAccess.Unproven, false, "golden")]
    public void A_tag_counts_as_removed_until_a_set_that_declares_it_can_write(WriteAccess access, bool isEdited, string expected)
    {
        var other = Claim("b", ["golden"]) with { WriteAccess = access, IsEdited = isEdited };
        var share = ImagePlan.Of([Claim("a", [], "golden") with { IsLeaving = true }, other], ["golden"], Rules).ShareOf("a");
        Assert.True(share.Plan.IsEmpty);
        Assert.Equal(expected, string.Join(' ', share.LimitedRemovals));
    }

    /// <summary>The older set declares a tag that this one would remove, and excludes this one.</summary>
    [Theory]
    [InlineData(WriteAccess.Granted, "")]
    [InlineData(WriteAccess.Unproven, "lts stray")]
    public void What_an_unproven_set_declares_counts_as_removed(WriteAccess access, string expected)
    {
        var older = Claim("a", ["lts"]) with { WriteAccess = access };
        older = older with { Declaration = older.Declaration with { Policy = TagPolicy.Additive } };
        var share = ImagePlan.Of([older, Claim("b", [])], ["lts", "stray"], Rules).ShareOf("b");
        Assert.NotNull(share.Winner);
        Assert.Equal(expected, string.Join(' ', share.LimitedRemovals.Order()));
    }

    /// <summary>Set b leaves the image and keeps golden until it is on another one. Set a manages golden, too.</summary>
    /// <param name="kind">How a gives golden up.</param>
    /// <param name="created">The seconds by which b is younger.</param>
    [Theory]
    //           a              b is                    younger      a removes   a waits for
    [InlineData("declares none", WriteAccess.Granted,   0,           "",         "")]
    [InlineData("declares none", WriteAccess.Unproven,  0,           "",         "")]
    [InlineData("declares none", WriteAccess.Refused,   0,           "golden",   "")]
    [InlineData("Exact",         WriteAccess.Granted,   0,           "golden",   "")]       // it shares no image
    [InlineData("owner",         WriteAccess.Unproven,  0,           "golden",   "")]       // b could withhold the proof for ever
    [InlineData("owner",         WriteAccess.Granted,   0,           "",         "")]
    [InlineData("leaves",        WriteAccess.Granted,   1,           "",         "")]
    [InlineData("moves",         WriteAccess.Granted,   -1,          "",         "")]
    [InlineData("moves",         WriteAccess.Granted,   1,           "",         "golden=b")]   // the older one removes it, after b
    [InlineData("moves",         WriteAccess.Unproven,  -1,          "",         "")]
    [InlineData("moves",         WriteAccess.Unproven,  1,           "",         "golden=b")]
    [InlineData("suspended b",   WriteAccess.Granted,   0,           "golden",   "")]
    public void A_tag_that_another_set_moves_away_stays(string kind, WriteAccess access, int created, string removes, string waits)
    {
        var mover = Claim("b", [], "golden") with
        {
            IsLeaving = true, Moving = ["golden"], WriteAccess = access, IsPaused = kind == "suspended b",
            Created = DateTimeOffset.UnixEpoch.AddSeconds(created), Declaration = TagDeclaration.Nothing,
        };
        var claim = Claim("a", [], "golden") with { Created = DateTimeOffset.UnixEpoch, OwnsImage = kind == "owner" };
        if (kind != "Exact") claim = claim with { Declaration = TagDeclaration.Nothing };
        if (kind is "leaves" or "moves") claim = claim with { IsLeaving = true };
        if (kind == "moves") claim = claim with { Moving = ["golden"] };
        var share = ImagePlan.Of([claim, mover], ["golden"], Rules).ShareOf("a");
        Assert.Equal(removes, string.Join(' ', share.Plan.Removes));
        Assert.Equal(waits, string.Join(' ', share.PendingHandovers.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    /// <summary>Set a does not take part, and manages golden and old. Set b takes part.</summary>
    [Theory]
    //          a declares, problem,                  b is                    b manages   a manages afterwards
    [InlineData("golden", nameof(Reason.Conflict),  WriteAccess.Granted,  "golden",   "old")]
    [InlineData("golden", nameof(Reason.Conflict),  WriteAccess.Unproven, "golden",   "golden old")]
    [InlineData("golden", nameof(Reason.Conflict),  WriteAccess.Granted,  "",         "golden old")]
    [InlineData("",       nameof(Reason.Forbidden), WriteAccess.Granted,  "golden",   "old")]
    [InlineData("",       nameof(Reason.Forbidden), WriteAccess.Unproven, "golden",   "golden old")]
    [InlineData("golden", nameof(Reason.Forbidden), WriteAccess.Granted,  "golden",   "golden old")]   // it declares the tag itself
    public void A_set_that_does_not_take_part_leaves_its_tags_to_those_that_do(
        string declared, string problem, WriteAccess access, string managed, string expected)
    {
        var claim = Claim("a", declared.Length == 0 ? [] : [declared], "golden", "old");
        var other = Claim(problem == nameof(Reason.Conflict) ? "0" : "b", ["golden"], managed.Length == 0 ? [] : [managed]);
        var share = ImagePlan.Of([claim, other with { WriteAccess = access }], ["golden", "old"], Rules).ShareOf("a");
        Assert.Equal(problem == nameof(Reason.Conflict), share.Winner is not null);
        Assert.Equal(
            expected, string.Join(' ', share.Managed(true, new Problem(Reason.All.Single(one => one.Name == problem), ""), []).Order()));
    }

    [Fact]
    public void Records_the_tags_from_before_any_set()
    {
        Assert.Equal(["before"], Share(["before", "golden", "old"]).OriginalTags(["before", "golden", "old"], [])!);
        // Tags that other sets added or declare are not original.
        Assert.Equal(["before"], Share([]).OriginalTags(["before", "theirs", "declared"], [Claim("b", ["declared"], "theirs")])!);
        // A refused set has added nothing.
        Assert.Equal(
            ["before", "declared"],
            Share([]).OriginalTags(
                ["before", "theirs", "declared"], [Claim("b", ["declared"], "theirs") with { WriteAccess = WriteAccess.Refused }])!);
        // Another set has recorded them already.
        Assert.Equal(["first"], Share([]).OriginalTags(["before"], [Claim("b", []), Passing("d", "second"), Passing("c", "first")])!);
        // A set that stays keeps its own record.
        Assert.Equal(["before"], Share([]).OriginalTags(["before"], [Claim("c", []) with { Original = ["first"] }])!);
    }

    [Fact]
    public void An_excluded_set_records_nothing()
    {
        var share = ImagePlan.Of([Claim("a", ["golden"]), Claim("0", ["other"])], [], Rules).ShareOf("a");
        Assert.NotNull(share.Winner);
        Assert.Null(share.OriginalTags(["before"], [Claim("c", []) with { Original = ["first"] }]));
    }

    private static ImageClaim Passing(string owner, string original) => Claim(owner, []) with { Original = [original], IsLeaving = true };

    private static ImageShare Share(string[] live) => ImagePlan.Of([Claim("a", ["golden", "lts"], "old", "golden")], live, Rules)
        .ShareOf("a");

    private static ImageClaim Claim(string owner, string[] declared, params string[] managed) =>
        new(owner, DateTimeOffset.UnixEpoch, new TagDeclaration(declared, TagPolicy.Exact, []), managed);
}
