using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>Kubeconfigs in the formats of tools for local clusters, each used for a request to a server.</summary>
public sealed class LocalKubeconfigTests : KubeconfigWorld
{
    [Fact]
    public async Task Kind_writes_everything_inline()
    {
        var (certificate, key) = Clients.IssueClient("kubernetes-admin");
        Home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: {Ca}
                server: {Api.Url}
              name: kind-images
            contexts:
            - context:
                cluster: kind-images
                user: kind-images
              name: kind-images
            current-context: kind-images
            kind: Config
            preferences: {"{}"}
            users:
            - name: kind-images
              user:
                client-certificate-data: {KubeconfigFolder.Base64(certificate)}
                client-key-data: {KubeconfigFolder.Base64(key)}
            """);
        Assert.Equal("kubernetes-admin", (await AskAsync()).Client);
    }

    [Fact]
    public async Task K3s_calls_everything_default_and_puts_the_client_authority_behind_the_certificate()
    {
        var (certificate, key) = Clients.IssueClient("system:admin");
        Home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: {Ca}
                server: {Api.Url}
              name: default
            contexts:
            - context:
                cluster: default
                user: default
              name: default
            current-context: default
            kind: Config
            users:
            - name: default
              user:
                client-certificate-data: {KubeconfigFolder.Base64(certificate + Clients.Pem)}
                client-key-data: {KubeconfigFolder.Base64(key)}
            """);
        Assert.Equal("system:admin", (await AskAsync()).Client);
    }

    [Fact]
    public async Task Minikube_points_to_certificate_files_and_adds_extensions()
    {
        var (certificate, key) = Clients.IssueClient("minikube-user");
        Home.Write("minikube/ca.crt", Authority.Pem);
        Home.Write("minikube/profiles/images/client.crt", certificate);
        Home.Write("minikube/profiles/images/client.key", key);
        Home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority: {Home.PathOf("minikube/ca.crt")}
                extensions:
                - extension:
                    last-update: Fri, 02 Jan 2026 03:04:05 UTC
                    provider: minikube.sigs.k8s.io
                    version: v1.37.0
                  name: cluster_info
                server: {Api.Url}
              name: images
            contexts:
            - context:
                cluster: images
                extensions:
                - extension:
                    last-update: Fri, 02 Jan 2026 03:04:05 UTC
                    provider: minikube.sigs.k8s.io
                    version: v1.37.0
                  name: context_info
                namespace: golden
                user: images
              name: images
            current-context: images
            kind: Config
            users:
            - name: images
              user:
                client-certificate: {Home.PathOf("minikube/profiles/images/client.crt")}
                client-key: {Home.PathOf("minikube/profiles/images/client.key")}
            """);
        var call = await AskAsync();
        Assert.Equal("minikube-user", call.Client);
        Assert.Contains("/namespaces/golden/", call.Path, StringComparison.Ordinal);
    }
}
