using System.Text;
using ImageTagOperator.Memory;
using ImageTagOperator.Controllers;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Tests.OpenStack;
using ImageTagOperator.Tests.Scenarios;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>Resolves the keys of a Secret to a session.</summary>
public sealed class CloudResolverTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task cacert_cert_and_key_of_the_Secret_replace_the_files_that_the_cloud_names()
    {
        await using var world = await SandboxWorld.CreateAsync();
        await using var server = await MutualTlsCloud.StartAsync();
        var (certificate, key) = server.Authority.Issue("operator");
        var yaml = server.CloudsYaml.Replace(
            "demo: {", "demo: {cacert: ~/ca.pem, cert: ~/cert.pem, key: ~/key.pem, ", StringComparison.Ordinal);
        using var sessions = new CloudSessions(TimeProvider.System);
        var resolver = new CloudResolver(new SecretClouds(new SharedSecrets(world.Kubernetes, TimeProvider.System)), sessions);

        var whole = await SetAsync(
            world, "whole", ("clouds.yaml", yaml), ("cacert", server.Authority.Pem), ("cert", certificate), ("key", key));
        Assert.Null(await (await resolver.ResolveAsync(Registered(whole), whole.Spec.CloudCredentialsRef, Cancel))
            .GetImageAsync(MutualTlsCloud.NoImage, Cancel));
        Assert.Equal(["CN=operator", "CN=operator"], server.Seen);

        (string Missing, (string, string)[] Data)[] partly =
        [
            ("'cacert'", [("clouds.yaml", yaml), ("cert", certificate), ("key", key)]),
            ("'cert'", [("clouds.yaml", yaml), ("cacert", server.Authority.Pem), ("cert", " \n"), ("key", key)]),
            ("give it as 'key'", [("clouds.yaml", yaml), ("cacert", server.Authority.Pem), ("cert", certificate)]),
        ];
        foreach (var (missing, data) in partly)
        {
            var set = await SetAsync(world, $"partly-{Array.FindIndex(partly, p => p.Missing == missing)}", data);
            var problem = await Assert.ThrowsAsync<ProblemException>(
                () => resolver.ResolveAsync(Registered(set), set.Spec.CloudCredentialsRef, Cancel));
            Assert.Contains(missing, problem.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE KEY-----", problem.ToString(), StringComparison.Ordinal);
        }
    }

    private static RegisteredSet Registered(V1Alpha1ImageTagSet set) => new(set, new SetMemory(), DateTimeOffset.MinValue);

    private static async Task<V1Alpha1ImageTagSet> SetAsync(
        ImageTagOperator.Scenarios.World world, string name, params (string Key, string Text)[] data)
    {
        await world.Kubernetes.CreateAsync(new V1Secret
        {
            Metadata = new() { Name = name, NamespaceProperty = world.Namespace },
            Data = data.ToDictionary(item => item.Key, item => Encoding.UTF8.GetBytes(item.Text)),
        });
        var set = world.Set(name, "image", "golden");
        set.Metadata.Uid = name;
        set.Spec.CloudCredentialsRef.SecretName = name;
        return set;
    }
}
