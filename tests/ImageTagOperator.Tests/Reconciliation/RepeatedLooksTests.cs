using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.Reconciliation.Properties;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>A reconcile is skipped when it would have the inputs of the last one, which found all in order.</summary>
public sealed class RepeatedLooksTests : IEntityQueue<V1Alpha1ImageTagSet>, IDisposable
{
    private const string Set = "ubuntu";

    private readonly FakeTimeProvider clock = new();
    private readonly Wire wire = new([]);
    private readonly ModelGlance glance;
    private readonly ModelKubernetes kubernetes;
    private readonly OperatorLife life;

    public RepeatedLooksTests()
    {
        (glance, kubernetes) = (new ModelGlance(wire, clock), new ModelKubernetes(wire, clock));
        glance.Import(new ModelImage(0, ["foreign"]));
        glance.Import(new ModelImage(1, []));
        life = new OperatorLife(kubernetes, kubernetes, glance, this, clock, new JumpingTime(clock));
    }

    [Fact]
    public async Task The_look_after_one_that_found_all_in_order_is_skipped_and_reads_the_same()
    {
        Apply(Set, Spec());
        Assert.Equal(0, await RepeatsAsync(2));         // writes; writes no status
        var (reads, writes) = (glance.Calls.Count, kubernetes.Writes.Count);
        Assert.Equal(3, await RepeatsAsync(3));
        Assert.Equal(3, glance.Calls.Skip(reads).Count(call => call.Method == "GET"));
        Assert.Equal(3, glance.Calls.Count - reads);
        Assert.Equal(writes, kubernetes.Writes.Count);
    }

    /// <summary>Whatever a reconcile depends on.</summary>
    [Theory]
    [InlineData("a tag was removed")]
    [InlineData("a tag was added")]
    [InlineData("the spec was edited")]
    [InlineData("another set has the image")]
    [InlineData("an hour is over")]
    public async Task A_look_with_other_inputs_is_not_skipped(string what)
    {
        Apply(Set, Spec());
        Assert.Equal(1, await RepeatsAsync(3));
        switch (what)
        {
            case "a tag was removed": glance.WriteOther(0, "golden", adds: false); break;
            case "a tag was added": glance.WriteOther(0, "other", adds: true); break;
            case "the spec was edited": Apply(Set, Spec(spec => spec.Tags = ["golden", "lts"])); break;
            case "another set has the image": Apply("other", Spec(spec => spec.Tags = ["theirs"])); break;
            default: clock.Advance(TimeSpan.FromHours(1)); break;
        }

        Assert.Equal(0, await RepeatsAsync(1));
        Assert.Contains("golden", glance.Images[0].Tags);
        Assert.Equal(what == "the spec was edited", glance.Images[0].Tags.Contains("lts"));
    }

    [Fact]
    public async Task An_error_in_the_look_is_left_to_the_reconcile()
    {
        Apply(Set, Spec());
        Assert.Equal(1, await RepeatsAsync(3));
        wire.Arriving = _ => throw new HttpRequestException("No server answers.");
        // The reconcile cannot even write its status.
        await Assert.ThrowsAsync<HttpRequestException>(() => RepeatsAsync(1));
        wire.Arriving = _ => { };
        Assert.Equal(0, await RepeatsAsync(1));
        Assert.Equal(1, await RepeatsAsync(1));
    }

    [Fact]
    public async Task Sets_that_share_an_image_and_selectors_and_observers_are_always_reconciled()
    {
        Apply(Set, Spec(spec => spec.Mode = TagSetMode.Observe));
        Assert.Equal(0, await RepeatsAsync(4));
        Apply(Set, Spec(spec => spec.Image = new Target(Glob: "ubuntu-*").Reference));
        Assert.Equal(0, await RepeatsAsync(4));
        Apply(Set, Spec());
        Apply("other", Spec(spec => spec.Tags = ["theirs"]));
        Assert.Equal(0, await RepeatsAsync(4));
    }

    public void Dispose() => life.Dispose();

    void IEntityQueue<V1Alpha1ImageTagSet>.Enqueue(NamespacedName key, TimeSpan after)
    {
    }

    private static ImageTagSetSpec Spec(Action<ImageTagSetSpec>? change = null)
    {
        var spec = new Declared(new Target(Id: 0), TagPolicy.Additive, ["golden"], [], TagDeletionPolicy.Remove).Spec;
        change?.Invoke(spec);
        return spec;
    }

    private void Apply(string name, ImageTagSetSpec spec) => kubernetes.Apply(name, spec, clock.GetUtcNow());

    /// <summary>How many of the next turns were skipped. They are an interval apart.</summary>
    private async Task<int> RepeatsAsync(int turns)
    {
        var before = life.Repeats;
        for (var turn = 0; turn < turns; turn++)
        {
            clock.Advance(TimeSpan.FromMinutes(10));
            var set = kubernetes.TryGet(new NamespacedName(ModelKubernetes.Namespace, Set))!;
            Assert.True((await life.TurnAsync(set))!.IsSuccess);
        }

        return life.Repeats - before;
    }
}
