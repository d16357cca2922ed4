using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Controllers;
using ImageTagOperator.Entities;
using ImageTagOperator.Sandbox.Kubernetes;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>The clouds in a Secret.</summary>
public sealed class SecretCloudsTests
{
    [Fact]
    public async Task The_clouds_public_yaml_beside_the_other_is_used_and_what_replaces_it_too()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        using var client = server.Client();
        var clouds = new SecretClouds(client, new SharedSecrets(client, new FakeTimeProvider()));
        foreach (var host in (string[])["one", "two"])
        {
            server.Apply(Secret(
                "clouds: {demo: {profile: mine, auth: {user_id: u, password: p}}}", $"public-clouds: {{mine: {{auth: {{auth_url: http://{host}/v3}}}}}}"));
            for (var again = 0; again < 2; again++)
            {
                var set = new V1Alpha1ImageTagSet { Metadata = new() { Name = "set", NamespaceProperty = "default" } };
                var reference = new CloudCredentialsRef { SecretName = "cloud", CloudName = "demo" };
                var found = await clouds.FindAsync(set, reference, TestContext.Current.CancellationToken);
                Assert.Equal(new Uri($"http://{host}/v3"), found.AuthUrl);
            }
        }
    }

    private static JsonObject Secret(string clouds, string publicClouds) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["namespace"] = "default", ["name"] = "cloud" },
        ["data"] = new JsonObject { ["clouds.yaml"] = Encoded(clouds), ["clouds-public.yaml"] = Encoded(publicClouds) },
    };

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
