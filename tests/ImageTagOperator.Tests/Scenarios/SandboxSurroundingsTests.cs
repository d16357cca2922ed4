using System.Text;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.OpenStack;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.Tests.Scenarios;

/// <summary>The environment variables that the chart sets.</summary>
public sealed class SandboxSurroundingsTests
{
    [Fact]
    public async Task A_cloud_is_reached_through_the_proxy_and_trusted_by_the_CA_bundle()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        await using var cloud = await MutualTlsCloud.StartAsync();
        await using var proxy = new ConnectProxy();
        var folder = Directory.CreateTempSubdirectory();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "ca.crt"), cloud.Authority.Pem, TestContext.Current.CancellationToken);
        var (certificate, key) = cloud.Authority.Issue("operator");
        await world.Kubernetes.CreateAsync(
            new V1Secret
            {
                Metadata = new() { Name = "behind", NamespaceProperty = world.Namespace },
                Data = new Dictionary<string, byte[]>
                {
                    ["clouds.yaml"] = Encoding.UTF8.GetBytes(cloud.CloudsYaml),
                    ["cert"] = Encoding.UTF8.GetBytes(certificate),
                    ["key"] = Encoding.UTF8.GetBytes(key),
                },
            },
            TestContext.Current.CancellationToken);
        var set = world.Set("behind", MutualTlsCloud.NoImage, "golden");
        set.Spec.CloudCredentialsRef.SecretName = "behind";
        await world.CreateAsync(set);

        // As in charts/image-tag-operator/templates/deployment.yaml.
        var environment = new Dictionary<string, string>
        {
            ["https_proxy"] = $"http://{proxy.Address}",
            ["SSL_CERT_DIR"] = $"/etc/ssl/certs:{folder.FullName}",
        };
        await using var process = await OperatorProcess.StartAsync(
            OperatorProcess.Executable, ["run", "--kubeconfig", world.Kubeconfig, "-n", world.Namespace], environment);
        await world.ReadyAsync("behind", "False", "ImageNotFound");
        Assert.Equal([new Uri(cloud.Url).Authority], proxy.Targets.Distinct());
        Assert.Equal(["CN=operator"], cloud.Seen.Distinct());
        folder.Delete(recursive: true);
    }
}
