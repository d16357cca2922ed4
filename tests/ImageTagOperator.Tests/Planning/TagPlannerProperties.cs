using FsCheck;
using FsCheck.Fluent;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

/// <summary>Properties of the plan for every declaration and every image.</summary>
public sealed class TagPlannerProperties
{
    private static readonly string[] Alphabet = ["a", "A", "b", "c", "d", "e", "..", "x/y", "ü", "", "a "];

    private static readonly TagRules Rules = new(ImageTag.WhyNotAddressable, ImageTag.Collides, Quota: 6);

    private sealed record World(string[] Declared, TagPolicy Policy, string[] Ignored, string[] Live, string[] Managed, string[] Others)
    {
        public TagDeclaration Declaration => new(Declared, Policy, Ignored);

        public ImageTags Image(IEnumerable<string> live) => new([.. live], Managed, Others);

        public override string ToString() =>
            $"{Policy} [{J(Declared)}] ignore [{J(Ignored)}] live [{J(Live)}] managed [{J(Managed)}] others [{J(Others)}]";

        private static string J(string[] tags) => string.Join("|", tags);
    }

    private static readonly Gen<string[]> Tags = Gen.SubListOf(Alphabet).Select(tags => tags.ToArray());

    // A set never declares tags that the schema or SpecRules reject.
    private static readonly Gen<string[]> Declarable = Gen.SubListOf("a", "b", "c", "d", "e").Select(tags => tags.ToArray());

    private static readonly Arbitrary<World> Worlds = (
        from declared in Declarable
        from exact in Gen.Elements(TagPolicy.Exact, TagPolicy.Additive)
        from ignored in Gen.SubListOf("b", "c*", "A")
        from live in Tags
        from managed in Declarable
        from others in Declarable
        select new World(declared, exact, [.. ignored], live, managed, others)).ToArbitrary();

    [Fact]
    public void Applying_a_plan_leaves_nothing_to_plan() => Check(world => Plan(world, Apply(world)).IsEmpty);

    [Fact]
    public void Every_declared_tag_is_set_afterwards_or_rejected() => Check(world =>
    {
        var refused = Plan(world, world.Live).Refused.Select(r => r.Tag);
        return world.Declared.All(tag => Apply(world).Contains(tag) || refused.Contains(tag));
    });

    [Fact]
    public void Additive_never_touches_a_tag_that_it_does_not_manage() => Check(world =>
        world.Policy != TagPolicy.Additive || Plan(world, world.Live).Removes.All(world.Managed.Contains));

    [Fact]
    public void No_tag_of_another_set_and_no_ignored_or_declared_tag_is_ever_removed() => Check(world =>
        Plan(world, world.Live).Removes.All(tag => !world.Others.Contains(tag) && !world.Declared.Contains(tag)
            && !world.Ignored.Any(glob => TagGlob.IsMatch(glob, tag))));

    [Fact]
    public void Exact_leaves_only_what_is_declared_ignored_shared_or_not_addressable() => Check(world =>
        world.Policy != TagPolicy.Exact || Apply(world).All(tag => world.Declared.Contains(tag) || world.Others.Contains(tag)
            || world.Ignored.Any(glob => TagGlob.IsMatch(glob, tag)) || ImageTag.WhyNotAddressable(tag) is not null));

    [Fact]
    public void Only_differences_are_written() =>
        Check(world => Plan(world, world.Live).Steps.All(step => world.Live.Contains(step.Tag) == (step.Verb == TagVerb.Remove)));

    [Fact]
    public void The_plan_never_exceeds_the_quota_and_never_adds_a_colliding_tag() => Check(world =>
    {
        var live = world.Live.ToHashSet();
        foreach (var step in Plan(world, world.Live).Steps)
        {
            if (step.Verb == TagVerb.Remove) live.Remove(step.Tag);
            else if (live.Count >= Rules.Quota || live.Any(other => ImageTag.Collides(other, step.Tag))) return false;
            else live.Add(step.Tag);
        }

        return true;
    });

    private static TagPlan Plan(World world, IEnumerable<string> live) => TagPlanner.Plan(world.Declaration, world.Image(live), Rules);

    private static HashSet<string> Apply(World world)
    {
        var live = world.Live.ToHashSet();
        foreach (var step in Plan(world, world.Live).Steps) _ = step.Verb == TagVerb.Add ? live.Add(step.Tag) : live.Remove(step.Tag);
        return live;
    }

    private static void Check(Func<World, bool> holds) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Worlds, holds));
}
