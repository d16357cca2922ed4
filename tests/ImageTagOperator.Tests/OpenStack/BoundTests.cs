using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.Tenants;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>Limits on everything that a cloud or a clouds.yaml sends.</summary>
public sealed class BoundTests
{
    private static readonly string Id = Guid.NewGuid().ToString();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Few_large_responses_are_read_at_once_and_one_user_leaves_slots_for_another()
    {
        var time = new FakeTimeProvider();
        using var hosts = new CloudHosts(new CloudLimits(), time, static () => true);
        var hanging = Enumerable.Range(0, 50).Select(_ => new StallingContent()).ToArray();
        var readings = hanging.Select(content => ReadAsync(content, "a")).ToArray();
        Assert.Equal(6, hanging.Count(content => content.Asked > BoundedBody.Small));
        Assert.All(hanging, content => Assert.InRange(content.Asked, BoundedBody.Small, BoundedBody.Small + (64 * 1024)));
        Assert.Equal(1 << 20, (await ReadAsync(new ByteArrayContent(new byte[1 << 20]), "b")).Length);
        time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => readings.Count(reading => reading.IsFaulted) == 44, "the other requests no longer wait");
        foreach (var content in hanging) content.Rest.SetResult();
        await Task.WhenAll(readings.Where((_, i) => hanging[i].Asked > BoundedBody.Small));

        Task<byte[]> ReadAsync(HttpContent content, string user) =>
            BoundedBody.ReadAsync(content, 16 << 20, Cancel, () => hosts.LargeAnswers.EnterAsync(user, TimeSpan.FromSeconds(15), Cancel));
    }

    [Fact]
    public async Task A_list_with_repeating_pages_is_ended()
    {
        await using var cloud = await HostileCloud.StartAsync();
        cloud.Images = (http, _) => HostileCloud.JsonAsync(http, HostileCloud.Page([Id], next: "/v2/images?marker=x"));
        using var session = Session(cloud);
        var error = await Assert.ThrowsAsync<CloudException>(() => session.Images.ReadAsync(ImageTerm.All, Cancel));
        Assert.Contains("a page repeats the ones before", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, cloud.Calls.Matching("GET", "*/v2/images*").Count);
    }

    [Fact]
    public async Task An_endless_list_is_ended_at_a_number_of_images()
    {
        await using var cloud = await HostileCloud.StartAsync();
        cloud.Images = (http, _) => HostileCloud.JsonAsync(http,
            HostileCloud.Page([.. Enumerable.Range(0, 100).Select(_ => $"{Guid.NewGuid()}")], next: "/v2/images?marker=x"));
        using var session = Session(cloud, new CloudLimits { MaxImages = 1000 });
        var error = await Assert.ThrowsAsync<CloudException>(() => session.Images.ReadAsync(ImageTerm.All, Cancel));
        Assert.Contains("more than 1000 images", error.Message, StringComparison.Ordinal);
        Assert.Equal(11, cloud.Calls.Matching("GET", "*/v2/images*").Count);
    }

    [Fact]
    public async Task A_list_of_large_images_is_ended_at_a_number_of_bytes()
    {
        await using var cloud = await HostileCloud.StartAsync();
        var name = new string('x', 1000);
        cloud.Images = (http, _) => HostileCloud.JsonAsync(
            http, HostileCloud.Page(
                [.. Enumerable.Range(0, 300).Select(_ => $"{Guid.NewGuid()}")], next: "/v2/images?marker=x", name: name));
        using var session = Session(cloud, new CloudLimits { MaxListBytes = 1 << 20 });
        var error = await Assert.ThrowsAsync<CloudException>(() => session.Images.ReadAsync(ImageTerm.All, Cancel));
        Assert.Contains("a list longer than 1 MiB", error.Message, StringComparison.Ordinal);
        Assert.InRange(cloud.Calls.Matching("GET", "*/v2/images*").Count, 2, 4);
    }

    [Fact]
    public async Task A_list_ends_at_its_timeout_even_when_its_pages_are_fast()
    {
        var time = new FakeTimeProvider();
        await using var cloud = await HostileCloud.StartAsync();
        cloud.Images = (http, _) =>
        {
            time.Advance(TimeSpan.FromSeconds(20));
            return HostileCloud.JsonAsync(http, HostileCloud.Page([$"{Guid.NewGuid()}"], next: "/v2/images?marker=x"));
        };
        using var session = Session(cloud, time: time);
        var error = await Assert.ThrowsAsync<CloudException>(() => session.Images.ReadAsync(ImageTerm.All, Cancel));
        Assert.Contains("takes longer than 2 minutes", error.Message, StringComparison.Ordinal);
        Assert.InRange(cloud.Calls.Matching("GET", "*/v2/images*").Count, 1, 7);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endless_response_is_aborted_with_and_without_a_Content_Length(bool hasLength)
    {
        await using var cloud = await HostileCloud.StartAsync();
        var hungUp = new TaskCompletionSource();
        cloud.Images = async (http, _) =>
        {
            if (hasLength) http.Response.ContentLength = long.MaxValue;
            var chunk = new byte[64 * 1024];
            try
            {
                while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
            }
            finally
            {
                hungUp.SetResult();
            }
        };
        using var session = Session(cloud, new CloudLimits { MaxAnswerBytes = 1 << 20 });
        var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(Id, Cancel));
        Assert.Contains("longer than 1 MiB", error.Message, StringComparison.Ordinal);
        await hungUp.Task.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, Cancel);
    }

    [Fact]
    public async Task An_endless_error_body_is_cut_and_reported_by_its_status()
    {
        await using var cloud = await HostileCloud.StartAsync();
        cloud.Images = async (http, _) =>
        {
            http.Response.StatusCode = 500;
            http.Response.ContentType = "text/html";
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.WriteAsync(
                string.Concat(Enumerable.Repeat("<head", 1000)), http.RequestAborted);
        };
        using var session = Session(cloud);
        var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(Id, Cancel));
        Assert.EndsWith("-> 500 (text/html)", error.Message, StringComparison.Ordinal);
        var write = await session.AddTagAsync(Id, "tag", Cancel);
        Assert.EndsWith("-> 500 (text/html)", write.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endless_headers_are_aborted()
    {
        await using var cloud = await HostileCloud.StartAsync();
        cloud.Images = (http, _) =>
        {
            for (var i = 0; i < 20_000; i++) http.Response.Headers[$"X-{i}"] = "x";
            return HostileCloud.JsonAsync(http, HostileCloud.Page([]));
        };
        using var session = Session(cloud);
        var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(Id, Cancel));
        Assert.Contains("the head of the answer is too large", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Responses_are_not_decompressed()
    {
        await using var cloud = await HostileCloud.StartAsync();
        string? accepted = "";
        cloud.Images = (http, _) =>
        {
            accepted = http.Request.Headers.AcceptEncoding;
            http.Response.Headers.ContentEncoding = "gzip";
            return HostileCloud.JsonAsync(http, "{}");
        };
        using var session = Session(cloud);
        await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(Id, Cancel));
        Assert.True(string.IsNullOrEmpty(accepted), $"the Accept-Encoding was {accepted}");
    }

    public static TheoryData<string> NoImages => new(
        "null",
        "[]",
        new string('[', 100_000),
        $$"""{"id": "{{Id}}", "x": {{new string('[', 1000)}}{{new string(']', 1000)}}, "status": "active", "tags": []}""",
        $$"""{"id": "../../v3/users", "status": "active", "tags": []}""",
        $$"""{"id": "{{Id}}/../x", "status": "active", "tags": []}""",
        $$"""{"id": null, "status": "active", "tags": []}""",
        $$"""{"id": "{{Id}}", "status": "active", "tags": null}""",
        $$"""{"id": "{{Id}}", "status": "active", "tags": [null]}""",
        $$"""{"id": "{{Id}}", "status": null, "tags": []}""",
        $$"""{"id": "{{Id}}", "status": "active", "tags": ["{{new string('x', 2000)}}"]}""",
        $$"""{"id": "{{Id}}", "status": "active", "tags": [{{string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"{i}\""))}}]}""",
        $$"""{"id": "{{Id}}", "name": "{{new string('x', 2000)}}", "status": "active", "tags": []}""");

    [Theory]
    [MemberData(nameof(NoImages))]
    public async Task Malformed_images_are_an_error(string body)
    {
        await using var cloud = await HostileCloud.StartAsync();
        using var session = Session(cloud);
        foreach (var (page, read) in new (string, Func<Task>)[]
        {
            (body, () => session.GetImageAsync(Id, Cancel)),
            ($$"""{"images": [{{body}}]}""", () => session.Images.ReadAsync(ImageTerm.All, Cancel)),
        })
        {
            cloud.Images = (http, _) => HostileCloud.JsonAsync(http, page);
            var error = await Assert.ThrowsAsync<CloudException>(read);
            Assert.True(error.Kind is CloudErrorKind.Transient or CloudErrorKind.EndpointNotFound, $"{error.Kind}");
            Assert.Contains("not what the API documents", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("v3/users", error.Message, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, string> Logins => new()
    {
        { """{"token": null}""", "not what the API documents" },
        { """{}""", "not what the API documents" },
        { """{"token": {"project": {}, "expires_at": "2999-01-01T00:00:00Z", "catalog": [null, {"type": "image", "endpoints": [null]}, {"type": null}]}}""", "no service of type 'image'" },
        { Endpoint("null"), "no http or https URL" },
        { Endpoint("\"file:///etc/passwd\""), "no http or https URL" },
        { Endpoint("\"not a url\""), "no http or https URL" },
        { Endpoint("\"http://[\""), "no http or https URL" },
        { """{"token": {"project": {}, "expires_at": "0001-01-01T00:00:00Z", "catalog": []}}""", "no service of type 'image'" },
    };

    [Theory]
    [MemberData(nameof(Logins))]
    public async Task A_login_with_a_malformed_response_has_a_clear_error(string body, string expected)
    {
        await using var cloud = await HostileCloud.StartAsync();
        cloud.Token = _ => body;
        using var session = Session(cloud);
        for (var time = 0; time < 2; time++)
        {
            var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(Id, Cancel));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_user_info_of_a_URL_in_the_catalog_is_neither_sent_nor_shown()
    {
        await using var cloud = await HostileCloud.StartAsync();
        cloud.Token = url => Endpoint($"\"{url.Replace("http://", "http://admin:s3cr3t@", StringComparison.Ordinal)}\"");
        using var session = Session(cloud);
        var endpoint = await session.GetImageEndpointAsync(Cancel);
        Assert.DoesNotContain("s3cr3t", endpoint.ToString(), StringComparison.Ordinal);
        cloud.Images = (http, _) =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(Id, Cancel));
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Bombs => new()
    {
        { Merges(2000), "more than 20000 entries" },
        { "clouds:\n" + string.Concat(Enumerable.Range(0, 15_000).Select(i => $"  c{i}: {{}}\n")), "more than 20000 entries" },
        { Laughs(), "entries" },
        { new string('[', 100_000), "deeper than 32 levels" },
        { string.Concat(Enumerable.Repeat("{a: ", 50_000)), "deeper than 32 levels" },
        { "clouds: " + new string('x', 256 * 1024), "clouds.yaml has 262152 characters, and at most 262144 are read." },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_clouds_yaml_that_expands_is_rejected(string yaml, string expected)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidCloudsYamlException>(() => CloudsYaml.Parse(yaml, "demo"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 << 20);
    }

    /// <summary>Each mapping merges the previous one and adds a key: a hundred kilobytes expand to millions of entries.</summary>
    private static string Merges(int count)
    {
        var rest = Enumerable.Range(1, count - 1).Select(i => $"m{i}: &m{i} {{<<: *m{i - 1}, k{i}: v}}\n");
        return $"m0: &m0 {{k0: v}}\n{string.Concat(rest)}clouds: {{demo: {{}}}}\n";
    }

    /// <summary>Each mapping merges the previous one ten times.</summary>
    private static string Laughs()
    {
        var first = string.Join(", ", Enumerable.Range(0, 500).Select(i => $"k{i}: v"));
        var rest = Enumerable.Range(1, 29).Select(i => $"m{i}: &m{i} {{<<: [{string.Join(", ", Enumerable.Repeat($"*m{i - 1}", 10))}]}}\n");
        return $"m0: &m0 {{{first}}}\n{string.Concat(rest)}clouds: {{demo: {{}}}}\n";
    }

    private static string Endpoint(string url) =>
        $$$"""{"token": {"project": {}, "expires_at": "2999-01-01T00:00:00Z", "catalog": [{"type": "image", "endpoints": [{"interface": "public", "region": "RegionOne", "url": {{{url}}}}]}]}}""";

    private static CloudSession Session(HostileCloud cloud, CloudLimits? limits = null, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        return new CloudSession(CloudsYaml.Parse(cloud.CloudsYaml, "demo"), "b", new ImageGates(time),
            new CloudHosts(limits ?? new CloudLimits(), time, static () => true), time);
    }

    [Fact]
    public void An_invalid_clouds_yaml_is_parsed_once_for_all_its_clouds()
    {
        var file = new CloudsFile("clouds: {demo: [");
        var errors = Enumerable.Range(0, 3)
            .Select(i => Assert.Throws<InvalidCloudsYamlException>(() => file.Find($"cloud-{i}", new TlsFiles()))).ToArray();
        Assert.All(errors, error => Assert.Same(errors[0], error));
    }

    /// <summary>Sends as many bytes as fit in a small body at once, and completes when the test says so.</summary>
    private sealed class StallingContent : HttpContent
    {
        private readonly Body body;

        public StallingContent() => body = new Body(this);

        public TaskCompletionSource Rest { get; } = new();

        /// <summary>The number of requested bytes.</summary>
        public int Asked { get; private set; }

        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(body);

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            throw new NotSupportedException();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        private sealed class Body(StallingContent content) : MemoryStream
        {
            private int sent;

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                content.Asked += buffer.Length;
                if (sent >= BoundedBody.Small)
                {
                    await content.Rest.Task.WaitAsync(cancellationToken);
                    return 0;
                }

                sent += buffer.Length;
                return buffer.Length;
            }
        }
    }
}
