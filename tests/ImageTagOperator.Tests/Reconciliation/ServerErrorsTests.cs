using ImageTagOperator.Memory;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>Detects removals that fail every time.</summary>
public sealed class ServerErrorsTests
{
    private readonly ServerErrors errors = new(new FakeTimeProvider());

    [Fact]
    public void Three_in_a_row_are_no_chance()
    {
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(_ => errors.Another("cloud", "image", "tag")));
        errors.Forget("cloud", "image", "tag");
        Assert.False(errors.Another("cloud", "image", "tag"));
    }

    [Fact]
    public void A_cloud_that_knows_anothers_image_proves_nothing_of_it()
    {
        for (var i = 0; i < 5; i++) errors.Another("mallorys", "image", "tag");
        Assert.False(errors.Another("cloud", "image", "tag"));
        errors.Another("cloud", "image", "tag");
        errors.Forget("mallorys", "image", "tag");
        Assert.True(errors.Another("cloud", "image", "tag"));
    }
}
