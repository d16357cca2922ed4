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

/// <summary>Few requests for many readers, without wrong results.</summary>
public sealed class ImageReaderTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider time = new();
    private readonly ConcurrentQueue<ImageTerm> changes = [];
    private SandboxCloud cloud = null!;
    private CloudSession session = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cloud = await SandboxCloud.StartAsync(time);
        cloud.TokenLifetime = TimeSpan.FromDays(30);
        session = TestSession.Of(CloudsYaml.Parse(cloud.CloudsYaml, "demo"), time);
        session.Images.Changed += change => changes.Enqueue(change.Term);
    }

    public async ValueTask DisposeAsync()
    {
        session.Dispose();
        await cloud.DisposeAsync();
    }

    [Fact]
    public async Task Readers_that_start_during_a_request_share_the_next_one()
    {
        var images = Images(201);
        var answers = await Task.WhenAll(images.Select(image => ReadAsync(ImageTerm.Id(image.Id), TimeSpan.Zero)));
        Assert.Equal(images.Select(image => image.Id), answers.Select(reading => reading.Images.Single().Id));
        Assert.InRange(Reads, 1, 6);
    }

    [Fact]
    public async Task Unused_terms_are_forgotten()
    {
        Images(1);
        for (var i = 0; i < 300; i++)
        {
            // as for an edited set
            await session.Images.ReadAsync(ImageTerm.Name($"renamed-{i}"), TimeSpan.Zero, Interval, Cancel);
            time.Advance(TimeSpan.FromMinutes(1));
            Assert.InRange(session.Images.Terms, 1, 40);
        }
    }

    [Fact]
    public async Task Any_number_of_unchanged_images_costs_about_one_request_per_interval()
    {
        // 10,000 sets, reconciled over the interval, each with its own image.
        var images = Images(10_000);
        foreach (var (number, image) in images.Index()) image.UpdatedAt = time.GetUtcNow() - TimeSpan.FromMinutes(number);
        var terms = images.Select(image => ImageTerm.Id(image.Id)).ToArray();
        await Task.WhenAll(terms.Select(term => ReadAsync(term, Interval * 0.8)));
        var start = Reads;
        const int Intervals = 6;
        for (var round = 0; round < Intervals; round++)
        {
            foreach (var some in terms.Chunk(100))
            {
                time.Advance(Interval / 100);
                foreach (var term in some) await ReadAsync(term, Interval * 0.8);
            }
        }

        // Not the fifty requests that read them all. A few more than one, because the clock also advances during requests.
        Assert.InRange(Reads - start, 1, 4 * Intervals);
        Assert.Empty(changes);
    }

    [Fact]
    public async Task A_hint_finds_the_changes_and_requeues_the_affected_sets()
    {
        var images = Images(700);
        var terms = images.Select(image => ImageTerm.Id(image.Id)).ToArray();
        await Task.WhenAll(terms.Select(term => ReadAsync(term, Interval)));
        time.Advance(Interval / 2);
        images[17].SetTags("drifted");
        images[17].UpdatedAt = images[18].UpdatedAt = time.GetUtcNow();
        time.Advance(Interval);
        var start = Reads;
        await ReadAsync(terms[0], Interval);
        await ChangedAsync(terms[17]);
        Assert.Equal(["drifted"], (await ReadAsync(terms[17], Interval)).Images.Single().Tags);
        Assert.InRange(Reads - start, 1, 2);
    }

    [Fact]
    public async Task A_hint_finds_a_second_image_with_the_same_name()
    {
        foreach (var number in Enumerable.Range(0, 700)) cloud.AddImage($"image-{number}");
        var terms = Enumerable.Range(0, 700).Select(number => ImageTerm.Name($"image-{number}")).ToArray();
        await Task.WhenAll(terms.Select(term => ReadAsync(term, Interval)));
        time.Advance(Interval * 2);
        cloud.AddImage("image-7");
        await ReadAsync(terms[0], Interval);
        await ChangedAsync(terms[7]);
        Assert.Equal(2, (await ReadAsync(terms[7], Interval)).Images.Count);
    }

    [Theory]
    [InlineData("""{"images": []}""")]      // as a cloud that does not know the filter
    [InlineData("")]                        // 400
    public async Task A_hint_without_a_proof_is_not_trusted(string body)
    {
        var images = Images(700);
        var terms = images.Select(image => ImageTerm.Id(image.Id)).ToArray();
        await Task.WhenAll(terms.Select(term => ReadAsync(term, Interval)));
        cloud.Faults.Add("GET", "*updated_at=*", body.Length == 0 ? new Fault { Status = 400 }
            : new Fault { Status = 200, Body = body, ContentType = "application/json" });
        for (var round = 0; round < 5; round++)
        {
            images[round].SetTags($"drifted-{round}");
            images[round].UpdatedAt = time.GetUtcNow();
            time.Advance(Interval * 2);
            foreach (var term in terms) await ReadAsync(term, Interval);
            Assert.Equal([$"drifted-{round}"], (await ReadAsync(terms[round], Interval)).Images.Single().Tags);
        }

        Assert.Equal(3, cloud.Calls.Matching("GET", "*updated_at=*").Count);     // then it is left alone for an hour
    }

    [Fact]
    public async Task A_deleted_image_is_found_by_the_periodic_full_read()
    {
        var images = Images(700);
        var terms = images.Select(image => ImageTerm.Id(image.Id)).ToArray();
        await Task.WhenAll(terms.Select(term => ReadAsync(term, Interval)));
        cloud.RemoveImage(images[5]);
        for (var passed = TimeSpan.Zero; passed < new CloudLimits().FullReadInterval; passed += Interval)
        {
            Assert.Empty(changes);
            time.Advance(Interval + TimeSpan.FromSeconds(1));
            await ReadAsync(terms[200], Interval);
            foreach (var term in terms) await ReadAsync(term, Interval);
        }

        Assert.Empty((await ReadAsync(terms[5], Interval)).Images);
    }

    [Fact]
    public async Task An_image_that_lists_omit_is_read_separately()
    {
        var images = Images(30);
        images[3].Hidden = true;
        var unknown = ImageTerm.Id(Guid.NewGuid().ToString());
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var answers = await Task.WhenAll(
                images.Select(image => ImageTerm.Id(image.Id)).Append(unknown).Select(term => ReadAsync(term, TimeSpan.Zero)));
            Assert.All(answers[..30], reading => Assert.Single(reading.Images));
            Assert.Empty(answers[30].Images);
        }
    }

    /// <summary>The batches, and a request for each id that no batch shows: a list omits hidden images.</summary>
    [Fact]
    public async Task Ids_that_no_image_has_cost_one_request_each()
    {
        const int Ids = 300;
        var terms = Enumerable.Range(0, Ids).Select(_ => ImageTerm.Id(Guid.NewGuid().ToString()));
        var answers = await Task.WhenAll(terms.Select(term => ReadAsync(term, TimeSpan.Zero)));
        Assert.All(answers, reading => Assert.Empty(reading.Images));
        Assert.InRange(Reads, Ids + 2, Ids + 6);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task A_cloud_without_batch_reads_gets_single_requests(int status)
    {
        cloud.Faults.Add("GET", "*=in:*", new Fault { Status = status, Body = """{"images": []}""", ContentType = "application/json" });
        var images = Images(10);
        var terms = images.Select(image => ImageTerm.Id(image.Id)).Concat(images.Select(image => ImageTerm.Name(image.Name!)).Distinct())
            .ToArray();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var answers = await Task.WhenAll(terms.Select(term => ReadAsync(term, TimeSpan.Zero)));
            Assert.All(answers, reading => Assert.NotEmpty(reading.Images));
        }

        Assert.InRange(cloud.Calls.Matching("GET", "*=in:*").Count, 1, 5);     // with the proof that there is no proof
    }

    /// <summary>The names of 5,000 images fill 25 requests.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public async Task Names_that_no_image_has_cost_about_as_many_requests_as_names_of_images(int others)
    {
        Images(others);
        var answers = await Task.WhenAll(Enumerable.Range(0, 5000).Select(number => ReadAsync(ImageTerm.Name($"absent-{number}"),
            TimeSpan.Zero)));
        Assert.All(answers, reading => Assert.Empty(reading.Images));
        Assert.InRange(Reads, 25, 60);
    }

    [Fact]
    public async Task A_name_listed_with_an_unreadable_image_gets_its_own_request()
    {
        Images(2);
        const string Unreadable = """{"images": [{"id": "6a1c1b1a-0000-4000-8000-000000000001", "name": 7}, {"id": "6a1c1b1a-0000-4000-8000-000000000002", "name": "image-2", "status": "active", "visibility": "public", "tags": []}]}""";
        cloud.Faults.Add("GET", "*name=in:*", new Fault { Status = 200, Body = Unreadable, ContentType = "application/json" });
        var terms = Enumerable.Range(0, 5).Select(number => ImageTerm.Name($"image-{number}")).ToArray();
        await session.Images.ReadAsync(ImageTerm.Name("first"), TimeSpan.Zero, TimeSpan.Zero, Cancel);
        var answers = await Task.WhenAll(terms.Select(term => ReadAsync(term, TimeSpan.Zero)));
        Assert.Single(answers[1].Images);
    }

    [Fact]
    public async Task Names_are_compared_again_in_the_client()
    {
        var lower = cloud.AddImage("golden");
        cloud.AddImage("Golden");
        cloud.AddImage("with, comma");
        cloud.AddImage("in:colon");
        var answers = await Task.WhenAll(
            new[] { "golden", "GOLDEN", "with, comma", "in:colon" }.Select(name => ReadAsync(ImageTerm.Name(name), TimeSpan.Zero)));
        Assert.Equal([1, 0, 1, 1], answers.Select(reading => reading.Images.Count));
        Assert.Equal(lower.Id, answers[0].Images[0].Id);
    }

    [Fact]
    public async Task A_failed_read_fails_only_for_its_waiters()
    {
        var images = Images(3);
        cloud.Faults.Add("GET", "*name=odd*", new Fault { Status = 500 });
        var odd = ReadAsync(ImageTerm.Name("odd name"), TimeSpan.Zero);
        var others = Task.WhenAll(images.Select(image => ReadAsync(ImageTerm.Id(image.Id), TimeSpan.Zero)));
        Assert.Equal(CloudErrorKind.Transient, (await Assert.ThrowsAsync<CloudException>(() => odd)).Kind);
        Assert.All(await others, reading => Assert.Single(reading.Images));
    }

    [Fact]
    public async Task An_own_write_is_applied_to_cached_readings_and_requeues_no_set()
    {
        var images = Images(700);
        var terms = images.Select(image => ImageTerm.Id(image.Id)).ToArray();
        await Task.WhenAll(terms.Select(term => ReadAsync(term, Interval)));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await session.AddTagAsync(images[0].Id, "ours", Cancel)).IsDone);
        await session.GetImageAsync(images[0].Id, Cancel);
        Assert.Equal(["ours"], (await ReadAsync(terms[0], Interval)).Images.Single().Tags);
        time.Advance(Interval * 2);
        await ReadAsync(terms[1], Interval);
        Assert.Empty(changes);
        Assert.Equal(["ours"], (await ReadAsync(terms[0], Interval)).Images.Single().Tags);
    }

    [Fact]
    public async Task A_list_restarts_when_the_image_between_two_pages_is_deleted()
    {
        Images(1500);
        cloud.Faults.Add("GET", "*marker=*", new Fault { Status = 400 }, times: 1);
        var reading = await ReadAsync(ImageTerm.All, TimeSpan.Zero);
        Assert.Equal(1500, reading.Images.Select(image => image.Id).Distinct().Count());
        Assert.Equal(4, Reads);
    }

    private Task ChangedAsync(ImageTerm expected) =>
        Eventually.TrueAsync(() => changes.SequenceEqual([expected]), $"exactly one change, of {expected.Text}");

    private int Reads => cloud.Calls.Matching("GET", "*/v2/images*").Count;

    private SandboxImage[] Images(int count) => [.. Enumerable.Range(0, count).Select(number => cloud.AddImage($"image-{number}"))];

    private Task<ImageReading> ReadAsync(ImageTerm term, TimeSpan maxAge) => session.Images.ReadAsync(term, maxAge, maxAge, Cancel);

    [Fact]
    public async Task An_image_that_the_cloud_cannot_return_does_not_block_others()
    {
        var images = Images(30);
        images[3].Hidden = true;
        cloud.Faults.Add("GET", $"*/v2/images/{images[3].Id}", new Fault { Status = 500 });
        var answers = images.Select(image => ReadAsync(ImageTerm.Id(image.Id), TimeSpan.Zero)).ToArray();
        Assert.Equal(CloudErrorKind.Transient, (await Assert.ThrowsAsync<CloudException>(() => answers[3])).Kind);
        foreach (var answer in answers.Where(answer => answer != answers[3])) Assert.Single((await answer).Images);
    }

    [Fact]
    public async Task A_hint_skips_images_that_lists_omit()
    {
        var images = Images(700);
        images[5].Hidden = true;
        var terms = images.Select(image => ImageTerm.Id(image.Id)).ToArray();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await Task.WhenAll(terms.Select(term => ReadAsync(term, Interval)));
            time.Advance(Interval * 2);
        }

        images[5].SetTags("drifted");
        images[5].UpdatedAt = time.GetUtcNow();
        time.Advance(TimeSpan.FromSeconds(1));
        await ReadAsync(terms[0], Interval);
        await ChangedAsync(terms[5]);
        Assert.NotEmpty(cloud.Calls.Matching("GET", "*updated_at=*"));
    }
}
