using System.Collections.Concurrent;
using ImageTagOperator.Contracts;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>One request finds all changes in a cloud, however many of its images are cached.</summary>
public sealed class ImageProbeTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider time = new();
    private readonly ConcurrentQueue<ImageChange> changes = [];
    private SandboxCloud cloud = null!;
    private CloudSession session = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Probes => cloud.Calls.Matching("GET", "*updated_at=*").Count;

    public async ValueTask InitializeAsync()
    {
        cloud = await SandboxCloud.StartAsync(time);
        cloud.TokenLifetime = TimeSpan.FromDays(30);
        session = TestSession.Of(CloudsYaml.Parse(cloud.CloudsYaml, "demo"), time);
        session.Images.Changed += changes.Enqueue;
    }

    public async ValueTask DisposeAsync()
    {
        session.Dispose();
        await cloud.DisposeAsync();
    }

    [Fact]
    public async Task A_change_is_reported_once_for_its_image_only_and_is_in_the_next_read()
    {
        var images = Images(700);
        foreach (var image in images) await ReadAsync(ImageTerm.Id(image.Id));
        await ProbeAsync();
        Assert.Empty(changes);
        Change(images[17], "drifted");
        await ProbeAsync();
        Assert.Equal(ImageTerm.Id(images[17].Id), Assert.Single(changes).Term);
        Assert.Equal(["drifted"], (await ReadAsync(ImageTerm.Id(images[17].Id))).Images.Single().Tags);
        await ProbeAsync();
        Assert.Single(changes);
    }

    [Fact]
    public async Task Four_requests_a_minute_show_that_ten_thousand_images_are_unchanged()
    {
        var images = Images(10_000);
        foreach (var (number, image) in images.Index()) image.UpdatedAt = time.GetUtcNow() - TimeSpan.FromMinutes(number + 10);
        await Task.WhenAll(images.Select(image => ReadAsync(ImageTerm.Id(image.Id))));
        var before = Probes;
        for (var i = 0; i < 4 * 60; i++) await ProbeAsync();
        Assert.InRange(Probes - before, 240, 242);      // and one proof per hour
        Assert.Empty(changes);
    }

    [Fact]
    public async Task An_own_write_is_not_a_change()
    {
        var images = Images(2);
        foreach (var image in images) await ReadAsync(ImageTerm.Name(image.Name!));
        time.Advance(TimeSpan.FromSeconds(1));
        using (var write = session.BeginWrite(images[0].Id))
        {
            Assert.True((await session.AddTagAsync(images[0].Id, "ours", Cancel)).IsDone);
            Assert.Equal(["ours"], (await session.GetWrittenAsync(write, Cancel))!.Tags);
        }

        await ProbeAsync();
        Assert.Empty(changes);
    }

    [Fact]
    public async Task An_image_that_is_being_written_is_left_to_the_writer()
    {
        var image = Images(1)[0];
        await ReadAsync(ImageTerm.Id(image.Id));
        var access = await session.GetAccessAsync(Cancel);
        using (await session.Gate(access, image.Id).EnterAsync("", Cancel))
        {
            Change(image, "half");
            await ProbeAsync();
            Assert.Empty(changes);
        }

        Change(image, "half", "whole");
        await ProbeAsync();
        Assert.Single(changes);
    }

    [Fact]
    public async Task A_new_image_affects_readers_of_its_name_and_of_lists()
    {
        Images(3);
        ImageTerm[] terms = [ImageTerm.Name("image-1"), ImageTerm.Name("new"), ImageTerm.Name("other"), ImageTerm.All];
        foreach (var term in terms) await ReadAsync(term);
        time.Advance(Period);
        var image = cloud.AddImage("new");
        await ProbeAsync();
        Assert.Equal([ImageTerm.All, ImageTerm.Name("new")], changes.Select(change => change.Term).OrderBy(term => term.Text));
        Assert.All(changes, change => Assert.Equal(image.Id, change.Images.Single().Id));
    }

    [Fact]
    public async Task A_renamed_image_affects_readers_of_both_names()
    {
        var image = Images(3)[1];
        foreach (var name in new[] { "image-1", "image-2", "renamed" }) await ReadAsync(ImageTerm.Name(name));
        time.Advance(Period);
        (image.Name, image.UpdatedAt) = ("renamed", time.GetUtcNow());
        await ProbeAsync();
        Assert.Equal(["image-1", "renamed"], changes.Select(change => change.Term.Text).Order());
    }

    [Theory]
    [InlineData("""{"images": []}""")]      // as a cloud that does not know the filter
    [InlineData("")]                        // 400
    public async Task A_cloud_without_the_filter_gets_three_requests_an_hour(string body)
    {
        var image = Images(1)[0];
        await ReadAsync(ImageTerm.Id(image.Id));
        cloud.Faults.Add("GET", "*updated_at=*", body.Length == 0 ? new Fault { Status = 400 }
            : new Fault { Status = 200, Body = body, ContentType = "application/json" });
        for (var i = 0; i < 200; i++) await ProbeAsync();
        Assert.Equal(3, Probes);
        Assert.Empty(changes);
    }

    [Fact]
    public async Task Images_that_were_deleted_meanwhile_do_not_disprove_the_filter()
    {
        var images = Images(20);
        await ReadAsync(ImageTerm.All);
        foreach (var image in images[1..]) cloud.RemoveImage(image);
        time.Advance(Period);
        Change(images[0], "drifted");
        await ProbeAsync();
        Assert.Equal(images[0].Id, Assert.Single(changes).Images[0].Id);
    }

    [Fact]
    public async Task New_images_need_no_more_memory_than_a_list_of_them()
    {
        Images(500);
        time.Advance(Interval);
        using var unlimited = new CloudSessions(new CloudLimits(), time);
        var configuration = CloudsYaml.Parse(cloud.CloudsYaml, "demo");
        await unlimited.Get(configuration, "a").Images.ReadAsync(ImageTerm.All, Interval, Interval, Cancel);
        var room = unlimited.ImageMemory / 500 * 625;
        using var limited = new CloudSessions(new CloudLimits { ImageMemory = 3 * room }, time);
        var tenant = limited.Get(configuration, "a");
        await tenant.Images.ReadAsync(ImageTerm.All, Interval, Interval, Cancel);
        for (var i = 0; i < 10; i++)
        {
            time.Advance(Period);
            Images(20);
            await tenant.ProbeAsync(Cancel);
            Assert.InRange(limited.ImageMemory, 0, room);
        }

        // The probe adds images as long as there is room for them and for the response that it reads.
        Assert.InRange(tenant.Images.Latest(ImageTerm.All)!.Images.Count, 520, 625);
    }

    /// <summary>The first reconcile of many sets changes more images than a list can have.</summary>
    [Fact]
    public async Task Too_many_changes_at_a_time_do_not_turn_the_probe_off()
    {
        var (images, tenant) = await LimitedAsync(share: 1.8, properties: 0);
        for (var i = 0; i < 5; i++)
        {
            foreach (var image in images) Change(image, $"drifted-{i}");
            await ProbeAsync();
        }

        Assert.Empty(changes);
        time.Advance(Interval);
        await ProbeAsync();
        Change(images[17], "golden");
        await ProbeAsync();
        Assert.Equal(images[17].Id, Assert.Single(changes).Images[0].Id);

        async Task ProbeAsync()
        {
            time.Advance(Period);
            await tenant.ProbeAsync(Cancel);
        }
    }

    [Fact]
    public async Task A_list_of_changes_needs_no_memory_for_properties_that_nobody_selects_by()
    {
        var (images, tenant) = await LimitedAsync(share: 2.5, properties: 20);
        time.Advance(Period);
        foreach (var image in images) Change(image, "drifted");
        await tenant.ProbeAsync(Cancel);
        Assert.Equal(images.Length, changes.Count);
    }

    /// <summary>A session that has read 100 images by name, in a namespace whose memory is a multiple of theirs.</summary>
    private async Task<(SandboxImage[] Images, CloudSession Session)> LimitedAsync(double share, int properties)
    {
        var images = Images(100);
        foreach (var image in images)
        {
            for (var i = 0; i < properties; i++) image.Properties[$"property-{i}"] = "value";
        }

        time.Advance(Interval);
        var configuration = CloudsYaml.Parse(cloud.CloudsYaml, "demo");
        using var unlimited = new CloudSessions(new CloudLimits(), time);
        await ReadAllAsync(unlimited.Get(configuration, "a"));
        var limits = new CloudLimits { ImageMemory = (long)(3 * share * unlimited.ImageMemory) };
        var tenant = new CloudSessions(limits, time).Get(configuration, "a");
        await ReadAllAsync(tenant);
        tenant.Images.Changed += changes.Enqueue;
        return (images, tenant);

        Task ReadAllAsync(CloudSession reader) => Task.WhenAll(images.Select(image =>
            reader.Images.ReadAsync(ImageTerm.Name(image.Name!), Interval, Interval, Cancel)));
    }

    [Fact]
    public async Task A_cloud_that_ignores_the_filter_is_not_trusted()
    {
        var images = Images(2);
        images[0].UpdatedAt = time.GetUtcNow() - TimeSpan.FromDays(1);
        foreach (var one in images) await ReadAsync(ImageTerm.Id(one.Id));
        await ProbeAsync();
        var all = await session.Images.ReadAsync(ImageTerm.All, Cancel);
        var listed = string.Join(',', all.Images.Select(image =>
            $$"""{"id": "{{image.Id}}", "status": "active", "tags": ["x"], "updated_at": "{{image.UpdatedAt:yyyy-MM-ddTHH:mm:ssZ}}"}"""));
        var body = $$"""{"images": [{{listed}}]}""";
        cloud.Faults.Add("GET", "*updated_at=*", new Fault { Status = 200, Body = body, ContentType = "application/json" });
        for (var i = 0; i < 5; i++) await ProbeAsync();
        Assert.Empty(changes);
        Assert.Equal(2 + 3, Probes);
    }

    [Fact]
    public async Task Changes_during_an_outage_are_found_after_it()
    {
        var image = Images(1)[0];
        await ReadAsync(ImageTerm.Id(image.Id));
        await ProbeAsync();
        using (cloud.Faults.Add("GET", "*updated_at=*", new Fault { Status = 503 }))
        {
            Change(image, "drifted");
            for (var i = 0; i < 3; i++) await ProbeAsync();
        }

        // The circuit breaker lets a trial request through.
        for (var i = 0; i < 10 && changes.IsEmpty; i++) await ProbeAsync();
        Assert.Single(changes);
    }

    [Fact]
    public async Task Images_that_are_written_at_the_same_time_are_read_with_one_request()
    {
        var images = Images(50);
        var writes = images.Select(image => session.BeginWrite(image.Id)).ToArray();
        foreach (var image in images) await session.AddTagAsync(image.Id, "ours", Cancel);
        var before = Reads;
        var seen = await Task.WhenAll(writes.Select(write => session.GetWrittenAsync(write, Cancel)));
        Assert.All(seen, image => Assert.Equal(["ours"], image!.Tags));
        Assert.Equal(images.Select(image => image.Id), seen.Select(image => image!.Id));
        Assert.Equal(1, Reads - before);
        foreach (var write in writes) write.Dispose();
    }

    [Fact]
    public async Task A_slow_read_delays_the_others_by_a_second_at_most()
    {
        var images = Images(3);
        using var slow = session.BeginWrite(images[0].Id);
        var gone = session.BeginWrite(Guid.NewGuid().ToString());
        using var quick = session.BeginWrite(images[1].Id);
        var (first, second) = (session.GetWrittenAsync(quick, Cancel), session.GetWrittenAsync(gone, Cancel));
        Assert.False(first.IsCompleted);
        await time.AdvanceUntilAsync(() => first.IsCompleted && second.IsCompleted, "the images were read", step: TimeSpan.FromMilliseconds(100));
        Assert.Equal(images[1].Id, (await first)!.Id);
        Assert.Null(await second);
        slow.Dispose();
        gone.Dispose();
        Assert.Equal(images[1].Id, (await session.GetWrittenAsync(quick, Cancel))!.Id);     // no other read is pending
    }

    [Fact]
    public async Task A_failed_batch_read_fails_for_each_reader()
    {
        var writes = Images(3).Select(image => session.BeginWrite(image.Id)).ToArray();
        await session.GetAccessAsync(Cancel);
        cloud.Faults.Add("GET", "*=in:*", new Fault { Status = 500 });
        foreach (var read in writes.Select(write => session.GetWrittenAsync(write, Cancel)).ToArray())
        {
            Assert.Equal(CloudErrorKind.Transient, (await Assert.ThrowsAsync<CloudException>(() => read)).Kind);
        }
    }

    [Fact]
    public async Task Images_of_the_next_sets_are_read_in_the_same_request()
    {
        var images = Images(1000);
        var next = new Queue<SandboxImage>(images.Skip(1));
        var first = await session.Images.ReadAsync(
            ImageTerm.Name(images[0].Name!), TimeSpan.Zero, Interval, Cancel, isFirst: true, Company);
        Assert.Single(first.Images);
        Assert.Equal(1, Reads);
        foreach (var image in images[1..200])
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            Assert.Single((await session.Images.ReadAsync(
                ImageTerm.Name(image.Name!), TimeSpan.FromSeconds(5), Interval, Cancel, isFirst: true, Company)).Images);
        }

        Assert.Equal(1, Reads);

        IEnumerable<ImageTerm> Company(int most) =>
            [.. Enumerable.Range(0, Math.Min(most, next.Count)).Select(_ => ImageTerm.Name(next.Dequeue().Name!))];
    }

    private int Reads => cloud.Calls.Matching("GET", "*/v2/images*").Count;

    private async Task ProbeAsync()
    {
        time.Advance(Period);
        await session.ProbeAsync(Cancel);
    }

    private void Change(SandboxImage image, params string[] tags)
    {
        image.SetTags(tags);
        image.UpdatedAt = time.GetUtcNow();
    }

    private SandboxImage[] Images(int count) => [.. Enumerable.Range(0, count).Select(number => cloud.AddImage($"image-{number}"))];

    private Task<ImageReading> ReadAsync(ImageTerm term) => session.Images.ReadAsync(term, Interval, Interval, Cancel);
}
