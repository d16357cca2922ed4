using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>Kubeconfigs in the formats of cloud providers' tools, each used for a request to a server.</summary>
public sealed class CloudKubeconfigTests : KubeconfigWorld
{
    [Fact]
    public async Task Eks_runs_the_aws_command()
    {
        Home.Script("bin/fake-aws", """
            [ "$*" = "--region eu-west-1 eks get-token --cluster-name images --output json" ] || exit 7
            [ "$AWS_PROFILE" = build ] || exit 8
            echo '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", "spec": {},
              "status": {"expirationTimestamp": "2026-01-02T03:18:05Z", "token": "k8s-aws-v1.fake"}}'
            """);
        const string Arn = "arn:aws:eks:eu-west-1:111122223333:cluster/images";
        Home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: {Ca}
                server: {Api.Url}
              name: {Arn}
            contexts:
            - context:
                cluster: {Arn}
                user: {Arn}
              name: {Arn}
            current-context: {Arn}
            kind: Config
            preferences: {"{}"}
            users:
            - name: {Arn}
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1beta1
                  args:
                  - --region
                  - eu-west-1
                  - eks
                  - get-token
                  - --cluster-name
                  - images
                  - --output
                  - json
                  command: bin/fake-aws
                  env:
                  - name: AWS_PROFILE
                    value: build
                  interactiveMode: IfAvailable
                  provideClusterInfo: false
            """);
        Assert.Equal("k8s-aws-v1.fake", (await AskAsync()).Token);
    }

    [Fact]
    public async Task Gke_passes_the_cluster_to_its_plugin()
    {
        Home.Script("fake-gke-plugin", $$"""
            case "$KUBERNETES_EXEC_INFO" in *'"server":"{{Api.Url}}"'*'"certificate-authority-data":"{{Ca}}"'*) ;; *) exit 7;; esac
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":false},"status":{"expirationTimestamp":"2026-01-02T04:04:04Z","token":"ya29.fake"} }'
            """);
        Home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: {Ca}
                server: {Api.Url}
              name: gke_my-project_europe-west1-b_images
            contexts:
            - context:
                cluster: gke_my-project_europe-west1-b_images
                user: gke_my-project_europe-west1-b_images
              name: gke_my-project_europe-west1-b_images
            current-context: gke_my-project_europe-west1-b_images
            kind: Config
            preferences: {"{}"}
            users:
            - name: gke_my-project_europe-west1-b_images
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1beta1
                  args: null
                  command: ./fake-gke-plugin
                  env: null
                  installHint: Install the plugin by following
                    https://plugins.example.com/gke
                  interactiveMode: IfAvailable
                  provideClusterInfo: true
            """);
        Assert.Equal("ya29.fake", (await AskAsync()).Token);
    }

    [Fact]
    public async Task Openshift_has_a_context_per_project_and_user()
    {
        Home.Write("ca.pem", Authority.Pem);
        Home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority: ca.pem
                server: https://localhost:{Api.Port}
              name: localhost:{Api.Port}
            - cluster:
                insecure-skip-tls-verify: true
                server: {Api.Url}
              name: api-other-example-com:6443
            contexts:
            - context:
                cluster: localhost:{Api.Port}
                namespace: default
                user: kube:admin/localhost:{Api.Port}
              name: default/localhost:{Api.Port}/kube:admin
            - context:
                cluster: localhost:{Api.Port}
                namespace: images
                user: builder/localhost:{Api.Port}
              name: images/localhost:{Api.Port}/builder
            - context:
                cluster: api-other-example-com:6443
                namespace: other
                user: kube:admin/localhost:{Api.Port}
              name: other/api-other-example-com:6443/kube:admin
            current-context: images/localhost:{Api.Port}/builder
            kind: Config
            preferences: {"{}"}
            users:
            - name: builder/localhost:{Api.Port}
              user:
                token: sha256~builder
            - name: kube:admin/localhost:{Api.Port}
              user:
                token: sha256~admin
            """);
        var call = await AskAsync();
        Assert.Equal(("sha256~builder", "localhost"), (call.Token, call.ServerName));
        Assert.Contains("/namespaces/images/", call.Path, StringComparison.Ordinal);
        Assert.Equal("sha256~admin", (await AskAsync($"default/localhost:{Api.Port}/kube:admin")).Token);
        Assert.Contains(
            "/namespaces/other/", (await AskAsync("other/api-other-example-com:6443/kube:admin")).Path, StringComparison.Ordinal);
    }
}
