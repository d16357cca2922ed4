using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Reconciliation;
using Xunit;

namespace ImageTagOperator.Tests.Sharding;

public sealed class ShardTests
{
    private const string Here = "https://keystone.example/v3 glance RegionOne";

    [Theory]
    [InlineData("0/1", 0, 1)]
    [InlineData("2/3", 2, 3)]
    [InlineData("99/100", 99, 100)]
    public void A_shard_is_an_index_and_a_count(string text, int index, int count)
    {
        Assert.Equal(new Shard(index, count), Shard.Parse(text));
        Assert.Null(Shard.ProblemOf(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("3/3")]
    [InlineData("0/0")]
    [InlineData("-1/3")]
    [InlineData("0/101")]
    [InlineData("1/3/5")]
    [InlineData("a/b")]
    [InlineData(" 0/3")]
    [InlineData("0/99999999999")]
    public void Anything_else_is_refused_with_an_example(string text)
    {
        Assert.Null(Shard.Parse(text));
        Assert.StartsWith($"'{text}' is not INDEX/COUNT. The index starts at 0", Shard.ProblemOf(text), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_cloud_is_in_one_shard_and_the_shards_are_of_about_the_same_size()
    {
        foreach (var count in new[] { 1, 2, 3, 7, 16 })
        {
            var sizes = new int[count];
            for (var i = 0; i < 10_000; i++) sizes[Owner($"https://keystone-{i}.example/v3 glance RegionOne", count)]++;
            Assert.All(sizes, size => Assert.InRange(size, 9_000 / count, 11_000 / count));
        }
    }

    [Fact]
    public void The_shard_of_a_cloud_is_the_same_in_all_versions()
    {
        Assert.Equal([0, 1, 1, 6], new[] { 1, 2, 3, 7 }.Select(count => Owner(Here, count)));
        Assert.Equal([0, 0, 0, 3], new[] { 1, 2, 3, 7 }.Select(count => Owner("images/ubuntu", count)));
    }

    [Fact]
    public void One_shard_has_all_sets() => Assert.True(Shard.Whole.Owns(Set(cloud: Here)) && Shard.Whole.Owns(Set(cloud: null)));

    [Fact]
    public void A_set_whose_cloud_is_not_known_belongs_to_the_shard_of_its_name()
    {
        Assert.Equal(Owner("images/ubuntu", 7), Owner(Set(cloud: null), 7));
        Assert.Equal(Owner(Here, 7), Owner(Set(Here), 7));
    }

    [Fact]
    public void An_image_that_the_set_must_release_in_another_cloud_comes_first()
    {
        var set = Set(Here);
        set.Status.Images = [new ImageState { Id = "1" }, Left("https://other.example/v3 glance RegionOne", "Transient")];
        Assert.Equal(Owner("https://other.example/v3 glance RegionOne", 7), Owner(set, 7));
        set.Status.Images = [Left("https://other.example/v3 glance RegionOne", null)];
        Assert.Equal(Owner("https://other.example/v3 glance RegionOne", 7), Owner(set, 7));
    }

    [Fact]
    public void An_image_whose_release_waits_for_a_person_does_not_hold_up_the_set()
    {
        var set = Set(Here);
        set.Status.Images = [Left("https://other.example/v3 glance RegionOne", "ImageNotActive")];
        Assert.Equal(Owner(Here, 7), Owner(set, 7));
    }

    private static ImageState Left(string cloud, string? reason) =>
        new() { Id = "2", Cloud = cloud, Leaving = LeavingCause.Edited, Reason = reason };

    private static V1Alpha1ImageTagSet Set(string? cloud) => new()
    {
        Metadata = new() { NamespaceProperty = "images", Name = "ubuntu" },
        Spec = new(),
        Status = new() { Cloud = cloud },
    };

    private static int Owner(string cloud, int count) =>
        Enumerable.Range(0, count).Single(index => new Shard(index, count).Owns(cloud));

    private static int Owner(V1Alpha1ImageTagSet set, int count) =>
        Enumerable.Range(0, count).Single(index => new Shard(index, count).Owns(set));
}
