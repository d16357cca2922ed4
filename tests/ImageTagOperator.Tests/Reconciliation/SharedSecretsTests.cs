using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Controllers;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Kubernetes;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>What is told of a Secret is never older than the question; what is missing is asked for once.</summary>
public sealed class SharedSecretsTests
{
    private static readonly NamespacedName Name = new("default", "cloud");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_Secret_that_is_there_is_read_each_time()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (secrets, _) = Secrets(server);
        for (var i = 0; i < 3; i++)
        {
            server.Apply(Secret($"{i}"));
            Assert.Equal($"{i}", Text(await secrets.GetAsync(Name, Cancel)));
        }
    }

    [Fact]
    public async Task What_was_replaced_while_another_set_read_it_is_not_told()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (secrets, _) = Secrets(server);
        var answer = new TaskCompletionSource();
        var before = Secret("before").ToJsonString();
        server.Faults.Add("GET", "*/secrets/cloud",
            new Fault { Until = answer.Task, Status = 200, Body = before, ContentType = "application/json" }, times: 1);
        var first = secrets.GetAsync(Name, Cancel);
        await Eventually.TrueAsync(() => server.Calls.Matching("GET", "*/secrets/cloud").Count == 1, "it is read");
        server.Apply(Secret("after"));
        var second = secrets.GetAsync(Name, Cancel);
        answer.SetResult();
        Assert.Equal("before", Text(await first));
        Assert.Equal("after", Text(await second));
    }

    [Fact]
    public async Task One_that_is_missing_is_asked_for_once_in_a_moment()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (secrets, time) = Secrets(server);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => secrets.GetAsync(Name, Cancel))), Assert.Null);
        Assert.Null(await secrets.GetAsync(Name, Cancel));
        Assert.Single(server.Calls.Matching("GET", "*/secrets/cloud"));
        time.Advance(TimeSpan.FromSeconds(2));
        server.Apply(Secret("now"));
        Assert.NotNull(await secrets.GetAsync(Name, Cancel));
    }

    [Fact]
    public async Task One_that_may_not_be_read_is_asked_for_once_in_a_moment()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (secrets, time) = Secrets(server);
        using (server.Faults.Add("GET", "*/secrets/cloud", new Fault { Status = 403 }))
        {
            for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<KubernetesException>(() => secrets.GetAsync(Name, Cancel));
            Assert.Single(server.Calls.Matching("GET", "*/secrets/cloud"));
        }

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await secrets.GetAsync(Name, Cancel));
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
