using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Memory;
using ImageTagOperator.Controllers;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Sandbox.Kubernetes;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>The clouds in a Secret.</summary>
public sealed class SecretCloudsTests
{
    [Fact]
    public async Task A_clouds_public_yaml_in_the_Secret_and_its_replacement_are_used()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        using var client = server.Client();
        var clouds = new SecretClouds(new SharedSecrets(client, new FakeTimeProvider()));
        foreach (var host in (string[])["one", "two"])
        {
            server.Apply(Secret(
                "clouds: {demo: {profile: mine, auth: {user_id: u, password: p}}}",
                    $"public-clouds: {{mine: {{auth: {{auth_url: http://{host}/v3}}}}}}"));
            for (var again = 0; again < 2; again++)
            {
                Assert.Equal(new Uri($"http://{host}/v3"), (await FindAsync(clouds, "cloud", "default")).AuthUrl);
            }
        }
    }

    [Fact]
    public async Task Files_of_one_namespace_are_parsed_sequentially_and_do_not_block_another_namespace()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        using var client = server.Client();
        var clouds = new SecretClouds(new SharedSecrets(client, new FakeTimeProvider()));
        // Each takes about 100 ms.
        var slow = "clouds:\n" + string.Concat(Enumerable.Range(0, 9_900).Select(i => $"  c{i}: {new string('x', 14)}\n"));
        server.Apply(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = "a" } });
        for (var i = 0; i < 40; i++) server.Apply(Secret(slow, "", $"slow-{i}", "a"));
        server.Apply(Secret("clouds: {demo: {auth: {auth_url: http://k, user_id: u, password: p}}}", ""));
        var all = Enumerable.Range(0, 40)
            .Select(i => Task.Run(async () => await Record.ExceptionAsync(() => FindAsync(clouds, $"slow-{i}", "a")))).ToArray();
        await Task.WhenAny(all);
        await FindAsync(clouds, "cloud", "default");
        Assert.Contains(all, task => !task.IsCompleted);
        await Task.WhenAll(all);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("clouds: {other: {auth: {auth_url: http://k, user_id: u, password: p}}}")]
    [InlineData("clouds: {")]
    public async Task A_new_set_is_not_rejected_for_an_older_read_of_its_Secret(string? before)
    {
        await using var server = await SandboxKubernetes.StartAsync();
        using var client = server.Client();
        var time = new FakeTimeProvider();
        var clouds = new SecretClouds(new SharedSecrets(client, time));
        if (before is not null) server.Apply(Secret(before, ""));
        var older = Set(DateTimeOffset.MinValue);
        await Assert.ThrowsAsync<ProblemException>(() => FindAsync(older));
        server.Apply(Secret("clouds: {demo: {auth: {auth_url: http://k/v3, user_id: u, password: p}}}", ""));
        time.Advance(TimeSpan.FromMilliseconds(1));
        var newer = Set(time.GetUtcNow());
        var finding = FindAsync(newer);
        await time.AdvanceUntilAsync(() => finding.IsCompleted, "the Secret is read again");
        Assert.Equal(new Uri("http://k/v3"), (await finding).AuthUrl);
        await FindAsync(older);
        Assert.Equal(2, server.Calls.Matching("GET", "*/secrets/cloud").Count);

        Task<CloudConfiguration> FindAsync(RegisteredSet set) => clouds.FindAsync(
            set, new CloudCredentialsRef { SecretName = "cloud", CloudName = "demo" }, TestContext.Current.CancellationToken);

        static RegisteredSet Set(DateTimeOffset createdAt) => new(
            new V1Alpha1ImageTagSet { Metadata = new() { Name = "set", NamespaceProperty = "default" } }, new SetMemory(), createdAt);
    }

    private static Task<CloudConfiguration> FindAsync(SecretClouds clouds, string secret, string inNamespace) => clouds.FindAsync(
        new RegisteredSet(
            new V1Alpha1ImageTagSet { Metadata = new() { Name = "set", NamespaceProperty = inNamespace } },
            new SetMemory(),
            DateTimeOffset.MinValue)
        { EditedAt = DateTimeOffset.MaxValue },
        new CloudCredentialsRef { SecretName = secret, CloudName = "demo" },
        TestContext.Current.CancellationToken);

    private static JsonObject Secret(string clouds, string publicClouds, string name = "cloud", string inNamespace = "default") => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["namespace"] = inNamespace, ["name"] = name },
        ["data"] = new JsonObject { ["clouds.yaml"] = Encoded(clouds), ["clouds-public.yaml"] = Encoded(publicClouds) },
    };

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
