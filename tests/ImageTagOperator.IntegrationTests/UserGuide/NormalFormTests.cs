using Xunit;

namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>The parts of an output that are the same in each run.</summary>
public sealed class NormalFormTests
{
    [Fact]
    public void Equal_ids_stay_equal_and_different_ids_stay_different()
    {
        var (one, other) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        var (text, form) = new NormalForm().ToGuide($"{one} {other} {one}");
        var ids = text.Split(' ');
        Assert.Equal(ids[0], ids[2]);
        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(ids[1], form.ToGuide(other).Text);
        Assert.Equal($"delete {other}", form.ToReal($"delete {ids[1]}"));
    }

    [Fact]
    public void Ids_depend_only_on_the_order_of_their_appearance() =>
        Assert.Equal(new NormalForm().ToGuide(Guid.NewGuid().ToString()).Text, new NormalForm().ToGuide(Guid.NewGuid().ToString()).Text);

    [Fact]
    public void Real_names_are_replaced_by_those_of_the_guide()
    {
        var form = new NormalForm(("golden-images", "g-0123456789a"));
        Assert.Equal("kubectl -n g-0123456789a get its", form.ToReal("kubectl -n golden-images get its"));
        Assert.Equal("namespace/golden-images created", form.ToGuide("namespace/g-0123456789a created\n").Text);
    }

    [Theory]
    [InlineData("NAME   READY   AGE\na      True    3s\nb      True    119s", "NAME   READY   AGE\na      True    1m\nb      True    1m")]
    [InlineData("NAME   AGE     MESSAGE\na      2m13s   well\nb      4s      not  so",
        "NAME   AGE   MESSAGE\na      1m    well\nb      1m    not  so")]
    [InlineData(
        "NAME   AGE   VERIFIED   MESSAGE\na      2m13s   44s        well", "NAME   AGE   VERIFIED   MESSAGE\na      1m    1m         well")]
    [InlineData("NAME   VERIFIED               MESSAGE\na      2031-12-24T18:30:59Z   well",
        "NAME   VERIFIED               MESSAGE\na      2026-03-02T09:00:00Z   well")]
    [InlineData(
        "LAST SEEN   TYPE     REASON\n12s         Normal   TagsAdded", "LAST SEEN   TYPE     REASON\n1m          Normal   TagsAdded")]
    [InlineData(
        "  Type    Reason     Age   From\n  Normal  TagsAdded  119s  us", "  Type    Reason     Age   From\n  Normal  TagsAdded  1m    us")]
    [InlineData("Last Sync Time:  2031-12-24T18:30:59Z", "Last Sync Time:  2026-03-02T09:00:00Z")]
    public void Ages_and_times_are_all_the_same(string printed, string expected) =>
        Assert.Equal(expected, new NormalForm().ToGuide(printed).Text);
}
