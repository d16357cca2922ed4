using ImageTagOperator.Memory;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>Caches whose keys any user can invent are bounded.</summary>
public sealed class ExpiringCacheTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void A_value_expires_after_its_time()
    {
        var remembered = new ExpiringCache<string, int>(time);
        remembered.Put("a", 1, TimeSpan.FromMinutes(1));
        Assert.True(remembered.TryGet("a", out var value));
        Assert.Equal(1, value);
        Assert.Equal(1, remembered.GetOrPut("a", _ => 2, TimeSpan.FromMinutes(1)));
        Assert.Equal(2, remembered.Update("a", old => old + 1, TimeSpan.FromMinutes(1)));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(remembered.TryGet("a", out _));
        Assert.Equal(1, remembered.Update("a", old => old + 1, TimeSpan.FromMinutes(1)));
        remembered.Remove("a");
        Assert.Equal(3, remembered.GetOrPut("a", _ => 3, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Only_the_latest_keys_are_kept()
    {
        var remembered = new ExpiringCache<string, int>(time);
        for (var i = 0; i < 100_000; i++)
        {
            remembered.Put($"{i}", i, TimeSpan.FromSeconds(10));
            time.Advance(TimeSpan.FromMilliseconds(100));
            Assert.InRange(remembered.Count, 1, 2 * 100 + 1);
        }
    }
}
