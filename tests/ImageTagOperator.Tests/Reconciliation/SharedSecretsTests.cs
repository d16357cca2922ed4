using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Controllers;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Kubernetes;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>A Secret is read once for many sets, and never before the last edit of the set that needs it.</summary>
public sealed class SharedSecretsTests
{
    private static readonly NamespacedName Name = new("default", "cloud");

    private static readonly DateTimeOffset LongAgo = DateTimeOffset.MinValue;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_sets_read_their_Secret_once_in_five_seconds()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        server.Apply(Secret("one"));
        var (secrets, time) = Secrets(server);
        for (var second = 0; second < 10; second++)
        {
            var read = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => secrets.GetAsync(Name, LongAgo, Cancel)));
            Assert.All(read, secret => Assert.Same(read[0], secret));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, server.Calls.Matching("GET", "*/secrets/cloud").Count);
    }

    [Fact]
    public async Task An_unchanged_Secret_stays_the_same_object_so_that_it_is_parsed_once()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        server.Apply(Secret("one"));
        var (secrets, time) = Secrets(server);
        var first = await secrets.GetAsync(Name, LongAgo, Cancel);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Same(first, await secrets.GetAsync(Name, LongAgo, Cancel));
        Assert.Equal(2, server.Calls.Matching("GET", "*/secrets/cloud").Count);
        server.Delete("secrets", "default", "cloud");
        server.Apply(Secret("one"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotSame(first, await secrets.GetAsync(Name, LongAgo, Cancel));
    }

    [Fact]
    public async Task A_change_is_used_five_seconds_later()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        server.Apply(Secret("before"));
        var (secrets, time) = Secrets(server);
        await secrets.GetAsync(Name, LongAgo, Cancel);
        server.Apply(Secret("after"));
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("before", Text(await secrets.GetAsync(Name, LongAgo, Cancel)));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("after", Text(await secrets.GetAsync(Name, LongAgo, Cancel)));
    }

    [Fact]
    public async Task An_edited_set_is_never_reconciled_with_an_older_read_of_its_Secret()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (secrets, time) = Secrets(server);
        var answer = new TaskCompletionSource();
        var before = Secret("before").ToJsonString();
        server.Faults.Add("GET", "*/secrets/cloud",
            new Fault { Until = answer.Task, Status = 200, Body = before, ContentType = "application/json" }, times: 1);
        var first = secrets.GetAsync(Name, LongAgo, Cancel);
        await Eventually.TrueAsync(() => server.Calls.Matching("GET", "*/secrets/cloud").Count == 1, "it is read");
        server.Apply(Secret("after"));
        time.Advance(TimeSpan.FromMilliseconds(1));
        var second = secrets.GetAsync(Name, time.GetUtcNow(), Cancel);
        answer.SetResult();
        Assert.Equal("before", Text(await first));
        Assert.Equal("after", Text(await second));
    }

    [Fact]
    public async Task A_missing_Secret_is_read_once_in_five_seconds()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (secrets, time) = Secrets(server);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => secrets.GetAsync(Name, LongAgo, Cancel))), Assert.Null);
        Assert.Null(await secrets.GetAsync(Name, LongAgo, Cancel));
        Assert.Single(server.Calls.Matching("GET", "*/secrets/cloud"));
        time.Advance(TimeSpan.FromSeconds(5));
        server.Apply(Secret("now"));
        Assert.NotNull(await secrets.GetAsync(Name, LongAgo, Cancel));
    }

    [Fact]
    public async Task A_forbidden_Secret_is_read_once_in_five_seconds()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (secrets, time) = Secrets(server);
        using (server.Faults.Add("GET", "*/secrets/cloud", new Fault { Status = 403 }))
        {
            for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<KubernetesException>(() => secrets.GetAsync(Name, LongAgo, Cancel));
            Assert.Single(server.Calls.Matching("GET", "*/secrets/cloud"));
        }

        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await secrets.GetAsync(Name, LongAgo, Cancel));
    }

    private static (SharedSecrets Secrets, FakeTimeProvider Time) Secrets(SandboxKubernetes server)
    {
        var time = new FakeTimeProvider();
        return (new SharedSecrets(server.Client(), time), time);
    }

    private static string Text(V1Secret? secret) => Encoding.UTF8.GetString(secret!.Data["clouds.yaml"]);

    private static JsonObject Secret(string text) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["namespace"] = Name.Namespace, ["name"] = Name.Name },
        ["data"] = new JsonObject { ["clouds.yaml"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) },
    };
}
