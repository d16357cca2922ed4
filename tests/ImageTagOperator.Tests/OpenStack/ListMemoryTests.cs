using System.Runtime.CompilerServices;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.Tenants;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>The memory of cached images: in total, and per namespace.</summary>
public sealed class ListMemoryTests
{
    /// <summary>Enough for a bit more than one list of a thousand images per namespace, and for three namespaces.</summary>
    private static readonly CloudLimits Limits = new() { ImageMemory = 3 * 800 * 1000 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_namespace_is_limited_to_its_share()
    {
        await using var cloud = await LargeAsync();
        using var sessions = new CloudSessions(Limits, TimeProvider.System);
        var first = Session(sessions, cloud, "a", 1);
        await first.Images.ReadAsync(ImageTerm.All, Cancel);
        Assert.InRange(sessions.ImageMemory, 500_000, 800_000);

        // Another list would exceed the limit, for every session of the namespace.
        for (var i = 2; i < 4; i++)
        {
            var error = await Assert.ThrowsAsync<CloudException>(
                () => Session(sessions, cloud, "a", i).Images.ReadAsync(ImageTerm.All, Cancel));
            Assert.Equal(CloudErrorKind.Rejected, error.Kind);
            Assert.Contains("the share of one namespace", error.Message, StringComparison.Ordinal);
        }

        var others = Session(sessions, cloud, "b", 4);
        Assert.Equal(1000, (await others.Images.ReadAsync(ImageTerm.All, Cancel)).Images.Count);
        Assert.NotNull(others.Images.Latest(ImageTerm.All));
        Assert.InRange(sessions.ImageMemory, 1_000_000, 1_600_000);
        GC.KeepAlive(first);
    }

    [Fact]
    public async Task All_namespaces_together_are_limited()
    {
        await using var cloud = await LargeAsync();
        using var sessions = new CloudSessions(Limits, TimeProvider.System);
        var used = new List<CloudSession>();
        CloudException? error = null;
        for (var i = 0; error is null; i++)
        {
            Assert.InRange(i, 0, 5);
            used.Add(Session(sessions, cloud, $"n{i}", i));
            error = (CloudException?)await Record.ExceptionAsync(() => used[^1].Images.ReadAsync(ImageTerm.All, Cancel));
        }

        Assert.Equal(CloudErrorKind.Transient, error.Kind);
        Assert.InRange(used.Count, 3, 5);
        Assert.InRange(sessions.ImageMemory, 0, Limits.ImageMemory);
    }

    [Fact]
    public async Task A_list_that_is_read_again_replaces_the_previous_one_or_is_not_cached()
    {
        await using var cloud = await LargeAsync();
        // During and just after the read, the list needs its memory twice.
        using var sessions = new CloudSessions(Limits with { ImageMemory = 3 * 1_400_000 }, TimeProvider.System);
        var session = Session(sessions, cloud, "a", 1);
        for (var i = 0; i < 5; i++) Assert.Equal(1000, (await session.Images.ReadAsync(ImageTerm.All, Cancel)).Images.Count);
        Assert.InRange(sessions.ImageMemory, 500_000, 800_000);
    }

    [Fact]
    public async Task Unused_memory_is_released()
    {
        await using var cloud = await LargeAsync();
        var time = new FakeTimeProvider();
        using var sessions = new CloudSessions(Limits, time);
        await UseAsync(sessions, cloud);
        Assert.InRange(sessions.ImageMemory, 1, Limits.ImageMemory);
        await ImageTagOperator.Scenarios.Eventually.HoldsAsync(
            () =>
            {
                GC.Collect();
                time.Advance(TimeSpan.FromMinutes(1));
                return Task.FromResult(sessions.ImageMemory);
            },
            taken => taken == 0, "the room to be given back", taken => $"{taken}");
    }

    [Fact]
    public async Task An_unused_term_releases_its_memory()
    {
        await using var cloud = await LargeAsync();
        var time = new FakeTimeProvider();
        using var sessions = new CloudSessions(Limits, time);
        var session = Session(sessions, cloud, "a", 1);
        await session.Images.ReadAsync(ImageTerm.All, Cancel);
        time.Advance(TimeSpan.FromHours(1));
        await session.Images.ReadAsync(ImageTerm.Id($"{Guid.NewGuid()}"), Cancel);
        Assert.Equal(0, sessions.ImageMemory);
    }

    [Fact]
    public async Task A_page_with_too_many_tiny_members_is_not_read()
    {
        await using var cloud = await HostileCloud.StartAsync();
        var properties = string.Concat(Enumerable.Range(0, 250_000).Select(i => $", \"p{i}\": 1"));
        cloud.Images = (http, _) => HostileCloud.JsonAsync(http, HostileCloud.Page([$"{Guid.NewGuid()}"])
            .Replace("}]}", properties + "}]}", StringComparison.Ordinal));
        using var sessions = new CloudSessions(new CloudLimits(), TimeProvider.System);
        var error = await Assert.ThrowsAsync<CloudException>(
            () => Session(sessions, cloud, "a", 1).Images.ReadAsync(ImageTerm.All, Cancel));
        Assert.Contains("a page with more than 200000 members of images", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_of_many_megabytes_is_rejected()
    {
        await using var cloud = await HostileCloud.StartAsync();
        var id = $"{Guid.NewGuid()}";
        cloud.Images = (http, _) => HostileCloud.JsonAsync(http, HostileCloud.Image(id)
            .Replace("}", $", \"p\": \"{new string('x', 1 << 20)}\"}}", StringComparison.Ordinal));
        using var sessions = new CloudSessions(new CloudLimits(), TimeProvider.System);
        var error = await Assert.ThrowsAsync<CloudException>(() => Session(sessions, cloud, "a", 1).GetImageAsync(id, Cancel));
        Assert.Contains("an image longer than 1 MiB", error.Message, StringComparison.Ordinal);
    }

    private static async Task<HostileCloud> LargeAsync()
    {
        var cloud = await HostileCloud.StartAsync();
        var page = HostileCloud.Page([.. Enumerable.Range(0, 1000).Select(_ => $"{Guid.NewGuid()}")]);
        cloud.Images = (http, path) =>
        {
            if (path.EndsWith("/images", StringComparison.Ordinal)) return HostileCloud.JsonAsync(http, page);
            http.Response.StatusCode = 404;
            return HostileCloud.JsonAsync(http, "{}");
        };
        return cloud;
    }

    private static CloudSession Session(CloudSessions sessions, HostileCloud cloud, string user, int number) => sessions.Get(
        CloudsYaml.Parse(cloud.CloudsYaml.Replace("username: mallory", $"username: mallory-{number}", StringComparison.Ordinal), "demo"),
            user);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task UseAsync(CloudSessions sessions, HostileCloud cloud) =>
        await Session(sessions, cloud, "a", 1).Images.ReadAsync(ImageTerm.All, Cancel);
}
