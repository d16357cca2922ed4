using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>Exec plugins, with a server that accepts their credentials.</summary>
public sealed class ExecPluginTests : KubeconfigWorld
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task Statement_23_the_cluster_is_passed_to_a_plugin_that_requests_it(string version)
    {
        Home.Script("plugin", "printf %s \"$KUBERNETES_EXEC_INFO\" >info.json; cat answer.json");
        Home.Write("answer.json", Credential(version, ("token", "t")));
        var cluster = $$"""tls-server-name: api.example, disable-compression: true, extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: images} }]""";
        await Home.AskAsync(Find(
            $"apiVersion: client.authentication.k8s.io/{version}, command: ./plugin, interactiveMode: Never, provideClusterInfo: true",
            cluster));
        var info = JsonNode.Parse(File.ReadAllText(Home.PathOf("info.json")))!;
        var expected = JsonNode.Parse($$$"""
            {"apiVersion":"client.authentication.k8s.io/{{{version}}}","kind":"ExecCredential","spec":{"interactive":false,"cluster":{
            "server":"{{{Api.Url}}}","tls-server-name":"api.example","certificate-authority-data":"{{{KubeconfigFolder.Base64(Authority.Pem)}}}",
            "disable-compression":true,"config":{"audience":"images"} } } }
            """);
        Assert.True(JsonNode.DeepEquals(expected, info), info.ToJsonString());
        Assert.Equal(["t"], Api.Calls.Select(call => call.Token));
    }

    [Fact]
    public async Task Statement_23_a_new_client_certificate_is_used_at_once()
    {
        Home.Script("plugin", "cat answer.json");
        Answer("first", "2026-01-02T04:04:05Z");
        var configuration = Find("apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never");
        using var client = Home.Client(configuration);
        await client.GetAsync<Widget>("a", "default", Cancel);

        Answer("second", "2026-01-02T05:04:05Z");
        Home.Time.Advance(TimeSpan.FromHours(1));
        await client.GetAsync<Widget>("b", "default", Cancel);

        Answer("third", null);
        Api.Admits = call => call.Client == "third";
        await client.GetAsync<Widget>("c", "default", Cancel);
        Assert.Equal(["first", "second", "second", "third"], Api.Calls.Select(call => call.Client));

    }

    [Fact]
    public async Task A_new_client_certificate_does_not_abort_a_running_response()
    {
        Home.Script("plugin", "cat answer.json");
        Answer("first", "2026-01-02T04:04:05Z");
        var release = new TaskCompletionSource();
        Api.Hold = call => call.Client == "first" ? release.Task : null;
        var configuration = Find("apiVersion: client.authentication.k8s.io/v1, command: ./plugin");
        using var client = Home.Client(configuration);
        var slow = client.GetAsync<Widget>("slow", "default", Cancel);
        await Eventually.TrueAsync(() => Api.Calls.Count == 1, "the first request has arrived");

        Answer("second", null);
        // Do not advance the clock: that would also time out the first request.
        await configuration.Credentials.GetAsync(Home.Time, rejected: true, Cancel);
        Assert.NotNull(await client.GetAsync<Widget>("fast", "default", Cancel));
        Assert.False(slow.IsCompleted);
        release.SetResult();
        Assert.NotNull(await slow);
        Assert.Equal(["first", "second"], Api.Calls.Select(call => call.Client));
    }

    [Fact]
    public async Task Statement_23_a_token_is_renewed_when_it_expires_or_is_refused()
    {
        Home.Script("plugin", "echo run >>runs; cat answer.json");
        Home.Write("answer.json", Credential("v1beta1", ("token", "one"), ("expirationTimestamp", "2026-01-02T03:19:05.123456789+00:00")));
        using var client = Home.Client(Find("apiVersion: client.authentication.k8s.io/v1beta1, command: ./plugin"));
        for (var i = 0; i < 3; i++) await client.GetAsync<Widget>("a", "default", Cancel);
        Assert.Single(File.ReadAllLines(Home.PathOf("runs")));

        Home.Write("answer.json", Credential("v1beta1", ("token", "two"), ("expirationTimestamp", null)));
        Home.Time.Advance(TimeSpan.FromMinutes(15));
        await client.GetAsync<Widget>("a", "default", Cancel);
        Home.Write("answer.json", Credential("v1beta1", ("token", "three"), ("expirationTimestamp", null)));
        Api.Admits = call => call.Token == "three";
        await client.GetAsync<Widget>("a", "default", Cancel);
        Assert.Equal(["one", "one", "one", "two", "two", "three"], Api.Calls.Select(call => call.Token));
        Assert.Equal(3, File.ReadAllLines(Home.PathOf("runs")).Length);
    }

    [Theory]
    [InlineData("command: no-such-plugin-anywhere, installHint: 'Get it from https://plugins.example.com.'",
        "cannot run no-such-plugin-anywhere: ", "Get it from https://plugins.example.com.")]
    [InlineData("command: no-such-plugin-anywhere", "cannot run no-such-plugin-anywhere: ", "Install it, or put it into PATH.")]
    [InlineData("command: ./plugin, args: [s3cr3t], env: [{name: A, value: s3cr3t}]", "plugin ended with exit code 4",
        "what it printed on standard error is above. Try it by hand with KUBERNETES_EXEC_INFO set.")]
    public async Task A_plugin_without_output_is_named_with_a_remedy(string exec, string problem, string remedy)
    {
        Home.Script("plugin", "exit 4");
        var error = await Assert.ThrowsAsync<KubernetesConfigurationException>(
            () => Home.AskAsync(Find("apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, " + exec)));
        Assert.StartsWith(Home.PathOf("config") + ", user 'u', exec: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(remedy, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always", "interactiveMode Always needs a terminal")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Sometimes",
        "interactiveMode must be Never, IfAvailable or Always")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1alpha1, command: x",
        "apiVersion client.authentication.k8s.io/v1alpha1 is not supported")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x, env: [{value: s3cr3t}]", "an entry of env has no name")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, command: x, env: {A: s3cr3t}", "env must be a list")]
    [InlineData("apiVersion: client.authentication.k8s.io/v1, args: [s3cr3t]", "command is missing")]
    public void An_invalid_exec_entry_is_rejected_at_once(string exec, string problem)
    {
        var error = Assert.Throws<KubernetesConfigurationException>(() => Find(exec));
        Assert.StartsWith(Home.PathOf("config") + ", user 'u', exec: " + problem, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_that_is_set_twice_has_the_last_value()
    {
        Home.Script("plugin", "[ \"$A\" = two ] || exit 9; cat answer.json");
        Home.Write("answer.json", Credential("v1", ("token", "t")));
        await Home.AskAsync(
            Find("apiVersion: client.authentication.k8s.io/v1, command: ./plugin, env: [{name: A, value: one}, {name: A, value: two}]"));
        Assert.Equal(["t"], Api.Calls.Select(call => call.Token));
    }

    private void Answer(string name, string? expires)
    {
        var (certificate, key) = Clients.IssueClient(name);
        Home.Write("answer.json",
            Credential("v1", ("clientCertificateData", certificate), ("clientKeyData", key), ("expirationTimestamp", expires)));
    }

    private static string Credential(string version, params (string Name, string? Value)[] status) => new JsonObject
    {
        ["apiVersion"] = "client.authentication.k8s.io/" + version,
        ["kind"] = "ExecCredential",
        ["status"] = new JsonObject(status.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)field.Value))),
    }.ToJsonString();

    private KubernetesClientConfiguration Find(string exec, string cluster = "") => Home.Find(
        Home.One(Api.Url, $"certificate-authority-data: {Ca}{(cluster.Length > 0 ? ", " + cluster : "")}", $"exec: {{{exec}}}"));
}
