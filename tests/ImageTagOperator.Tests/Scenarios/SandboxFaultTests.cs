using System.Diagnostics;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Scenarios;

/// <summary>A cloud with random faults of every kind, and a cloud with more images than fit in a request.</summary>
public sealed class SandboxFaultTests
{
    private const int Sets = 20;

    private static readonly Fault[] Faults =
    [
        new() { Status = 500 },
        new() { Status = 503, Headers = new Dictionary<string, string> { ["Retry-After"] = "1" } },
        new() { Status = 429 },
        new() { Status = 502, Body = "<html>bad gateway</html>", ContentType = "text/html" },
        new() { Status = 200, Body = "<html>welcome</html>", ContentType = "text/html" },
        new() { Status = 200, Body = "{}", ContentType = "application/json" },
        new() { Status = 401 },
        new() { Status = 404, Body = "<html>not found</html>", ContentType = "text/html" },
        new() { ResetBeforeWork = true },
        new() { ResetAfterWork = true },
        new() { TruncateBody = true },
        new() { Delay = TimeSpan.FromMilliseconds(300) },
        new() { Drip = TimeSpan.FromTicks(1) },
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task It_converges_after_the_faults_with_a_bounded_number_of_requests(int seed)
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var images = Enumerable.Range(0, Sets).Select(number => world.Cloud.AddImage($"image-{number}", "old", "foreign")).ToArray();
        foreach (var image in images)
        {
            var set = world.Set(image.Name!, image.Id, "golden", "lts");
            set.Spec.IgnoreTags = ["foreign"];
            await world.CreateAsync(set);
        }

        // One call in three fails, two hundred times.
        var random = new Random(seed);
        for (var number = 0; number < 200; number++)
        {
            world.Cloud.Faults.Add("*", "*", Faults[random.Next(Faults.Length)], times: 1);
            world.Cloud.Faults.Add("*", "*", new Fault(), times: random.Next(5));
        }

        await world.StartOperatorAsync();
        await world.UntilAsync(() => Task.FromResult(world.Cloud.Calls.All.Count), calls => calls >= 60, "the cloud to be called 60 times",
            calls => $"it was {calls} times");
        world.Cloud.Faults.Clear();
        foreach (var image in images) await world.ReadyAsync(image.Name!, "True");
        Assert.All(images, image => Assert.Equal(["foreign", "golden", "lts"], image.Tags.Order()));
        Assert.All(world.Cloud.Images, image => Assert.Contains(image, images));
        Assert.All(
            world.Cloud.Calls.All.Where(call => call.UserAgent != GlanceClient.UserAgent),
            call => Assert.Matches(
                "^(GET /image/v2/images(/[0-9a-f-]+)?|POST /identity/v3/auth/tokens|(PUT|DELETE) "
                + "/image/v2/images/[0-9a-f-]+/tags/(golden|lts|old))$", $"{call.Method} {call.Path}"));

        // Per set: three writes, and at most a read, a read to verify, and one more read. Each fault repeats at most all of that.
        Assert.InRange(world.Cloud.Calls.All.Count, 3 * Sets, (6 * Sets) + (6 * 200));
    }

    [Fact]
    public async Task Many_unchanged_sets_share_their_reads()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        const int Many = 300;
        for (var number = 0; number < Many; number++)
        {
            var image = world.Cloud.AddImage($"image-{number}", "golden");
            image.UpdatedAt -= TimeSpan.FromMinutes(number);
            await world.CreateAsync(world.Set($"image-{number}", image.Id, "golden"));
        }

        await world.StartOperatorAsync();
        for (var number = 0; number < Many; number++) await world.ReadyAsync($"image-{number}", "True");

        // Each set is reconciled every ten seconds.
        var start = world.Cloud.Calls.All.Count;
        var clock = Stopwatch.StartNew();
        var drifted = world.Cloud.Images[17];
        drifted.SetTags("drifted");
        drifted.UpdatedAt = TimeProvider.System.GetUtcNow();
        await world.TagsAsync(drifted.Id, "golden");
        drifted.SetTags("again");
        drifted.UpdatedAt = TimeProvider.System.GetUtcNow();
        await world.TagsAsync(drifted.Id, "golden");
        var calls = world.Cloud.Calls.All.Skip(start).Where(call => call.UserAgent != GlanceClient.UserAgent).ToArray();
        Assert.InRange(calls.Length, 2, 20 * Math.Max(3, 1 + ((int)clock.Elapsed.TotalSeconds / 10)));
        Assert.DoesNotContain(calls, call => call.Method == "PUT" && !call.Path.Contains(drifted.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_operator_that_is_deleted_with_its_namespace_ends_in_time_although_the_cloud_hangs()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("hung");
        await world.CreateAsync(world.Set("hung", image.Id, "golden"));
        var process = await world.StartOperatorInNamespaceAsync();
        await world.ReadyAsync("hung", "True");

        world.Cloud.Faults.Add("*", "*", new Fault { Delay = TimeSpan.FromMinutes(1) });
        await world.EndNamespaceAsync();
        Assert.Equal(0, await process.StopAsync());
        Assert.Contains("gave up; these tags stay: golden on image " + image.Id, process.Log, StringComparison.Ordinal);
        Assert.Empty((await world.GetAsync("hung")).Metadata.Finalizers ?? []);
    }

    [Fact]
    public async Task A_reconcile_superseded_by_a_deletion_stops_writing_to_an_image_that_another_set_has_now()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("handed-over");
        await world.StartOperatorAsync();
        var old = world.Set("old", image.Id, "golden");
        old.Spec.Interval = "10m";
        await world.CreateAsync(old);
        await world.ReadyAsync("old", "True");
        var young = world.Set("young", image.Id, "golden", "noble");
        young.Spec.Interval = "10m";
        await world.CreateAsync(young);
        await world.ReadyAsync("young", "False", "Conflict");

        // The old set has a tag to remove, and its write is delayed before it reaches the cloud.
        image.SetTags("golden", "stray");
        var (held, deleted) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Cloud.Faults.Decide = call =>
        {
            if (call is not { Method: "DELETE" } || !call.Target.EndsWith("/tags/stray", StringComparison.Ordinal)) return null;
            held.TrySetResult();
            return new Fault { Until = deleted.Task, Delay = TimeSpan.FromSeconds(2) };
        };
        await world.RequestAsync("old", "now");
        await held.Task.WaitAsync(TimeSpan.FromMinutes(4), TimeProvider.System, TestContext.Current.CancellationToken);
        image.SetTags("golden", "noble", "stray");
        await world.DeleteAsync("old");
        deleted.SetResult();
        await world.GoneAsync("old");
        await world.ReadyAsync("young", "True");
        Assert.Equal(["golden", "noble"], image.Tags.Order());
        Assert.DoesNotContain(
            world.Cloud.Calls.All, call => call.Method == "DELETE" && call.Target.EndsWith("/tags/noble", StringComparison.Ordinal));
    }
}
