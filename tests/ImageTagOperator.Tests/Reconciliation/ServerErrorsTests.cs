using ImageTagOperator.Memory;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>Detects removals that fail every time.</summary>
public sealed class ServerErrorsTests
{
    private readonly ServerErrors errors = new(new FakeTimeProvider());

    [Fact]
    public void Three_failures_in_a_row_are_a_pattern()
    {
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(_ => errors.Record("cloud", "image", "tag")));
        errors.Forget("cloud", "image", "tag");
        Assert.False(errors.Record("cloud", "image", "tag"));
    }

    [Fact]
    public void An_image_of_the_same_id_in_another_cloud_proves_nothing()
    {
        for (var i = 0; i < 5; i++) errors.Record("mallorys", "image", "tag");
        Assert.False(errors.Record("cloud", "image", "tag"));
        errors.Record("cloud", "image", "tag");
        errors.Forget("mallorys", "image", "tag");
        Assert.True(errors.Record("cloud", "image", "tag"));
    }
}
