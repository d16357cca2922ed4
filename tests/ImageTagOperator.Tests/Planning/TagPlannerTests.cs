using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

public sealed class TagPlannerTests
{
    private static readonly TagRules Rules = new(ImageTag.WhyNotAddressable, ImageTag.Collides, Quota: 5);

    /// <summary>The table of <see cref="TagPlanner"/>, one row per case.</summary>
    [Theory]
    //          live   declared managed others ignored  Exact  Additive
    [InlineData(false, true,    false,  false, false,   "+t",  "+t")]
    [InlineData(false, true,    true,   true,  true,    "+t",  "+t")]
    [InlineData(true,  true,    false,  false, false,   "",    "")]
    [InlineData(true,  true,    true,   true,  true,    "",    "")]
    [InlineData(true,  false,   true,   true,  false,   "",    "")]
    [InlineData(true,  false,   false,  true,  false,   "",    "")]
    [InlineData(true,  false,   true,   false, true,    "",    "")]
    [InlineData(true,  false,   false,  false, true,    "",    "")]
    [InlineData(true,  false,   true,   false, false,   "-t",  "-t")]
    [InlineData(true,  false,   false,  false, false,   "-t",  "")]
    [InlineData(false, false,   true,   false, false,   "",    "")]
    [InlineData(false, false,   false,  true,  false,   "",    "")]
    public void Follows_its_table(bool live, bool declared, bool managed, bool others, bool ignored, string exact, string additive)
    {
        foreach (var (policy, expected) in new[] { (TagPolicy.Exact, exact), (TagPolicy.Additive, additive) })
        {
            var plan = TagPlanner.Plan(
                new TagDeclaration(If(declared), policy, If(ignored)), new ImageTags(If(live), If(managed), If(others)), Rules);
            Assert.Equal(expected, Text(plan));
        }

        static string[] If(bool there) => there ? ["t"] : [];
    }

    [Fact]
    public void Adds_before_it_removes() => Assert.Equal("+new -old", Text(Plan(["new"], live: ["old"])));

    [Fact]
    public void Removes_first_only_as_many_as_the_quota_requires() =>
        Assert.Equal("-a +x +y -b", Text(Plan(["x", "y"], live: ["a", "b", "x1", "x2"], ignore: ["x?"])));

    [Fact]
    public void Rejects_the_tags_above_the_quota_and_adds_the_others()
    {
        var plan = Plan(["a", "b"], live: ["1", "2", "3", "4"], policy: TagPolicy.Additive);
        Assert.Equal("+a", Text(plan));
        Assert.Equal(("b", TagRefusal.Quota), (plan.Refused.Single().Tag, plan.Refused.Single().Refusal));
    }

    [Fact]
    public void Removes_a_tag_first_that_the_cloud_treats_as_equal_to_a_declared_one() =>
        Assert.Equal("-Golden +golden", Text(Plan(["golden"], live: ["Golden"])));

    [Fact]
    public void Rejects_a_tag_that_the_cloud_treats_as_equal_to_one_that_stays()
    {
        var plan = Plan(["golden", "lts"], live: ["Golden"], policy: TagPolicy.Additive);
        Assert.Equal("+lts", Text(plan));
        Assert.Equal(("golden", TagRefusal.Collision), (plan.Refused.Single().Tag, plan.Refused.Single().Refusal));
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a/b")]
    [InlineData("ü")]
    [InlineData("")]
    public void Never_plans_a_write_of_a_tag_that_no_call_can_name(string tag)
    {
        var plan = Plan([], live: [tag, "plain"]);
        Assert.Equal("-plain", Text(plan));
        Assert.Equal((tag, TagRefusal.NotAddressable), (plan.Refused.Single().Tag, plan.Refused.Single().Refusal));
        Assert.Empty(Plan([tag], live: []).Steps);
    }

    private static TagPlan Plan(string[] tags, string[] live, TagPolicy policy = TagPolicy.Exact, string[]? ignore = null) =>
        TagPlanner.Plan(new TagDeclaration(tags, policy, ignore ?? []), new ImageTags(live, [], []), Rules);

    private static string Text(TagPlan plan) =>
        string.Join(" ", plan.Steps.Select(step => (step.Verb == TagVerb.Add ? "+" : "-") + step.Tag));

    [Fact]
    public void Rejections_have_their_reasons_in_a_fixed_order()
    {
        var plan = TagPlanner.Plan(
            new TagDeclaration(["golden", "v", "w", "x", "y", "z"], TagPolicy.Additive, []),
                new ImageTags(["Golden", "a/b", "c/d"], ["c/d", "a/b"], []), Rules);
        Assert.Equal(["a/b", "c/d", "golden", "x", "y", "z"], plan.Refused.Select(refused => refused.Tag));
        Assert.Equal(
            [
                "contains '/', which the API takes for the end of the tag",
                "differs from the image's tag 'Golden' only in case, accents or trailing blanks, which the cloud does not keep apart; "
                    + "remove one of the two",
                "would be tag number 6 or above, and the cloud takes 5 on an image; declare fewer, or remove others",
            ],
            plan.Refused.Select(refused => refused.Why).Distinct());
        Assert.Equal(["v", "w"], plan.Adds);
        Assert.Equal("+v -old", $"{plan.Steps[0]} {new TagStep(TagVerb.Remove, "old")}");
    }
}
