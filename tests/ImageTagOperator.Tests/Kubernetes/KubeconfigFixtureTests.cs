using ImageTagOperator.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>Kubeconfigs in the form in which the usual tools write them, each used to talk to a server.</summary>
public sealed class KubeconfigFixtureTests : IAsyncLifetime
{
    private readonly KubeconfigFolder home = new();
    private readonly TestAuthority authority = new("cluster-ca");
    private readonly TestAuthority clients = new("client-ca");
    private TlsApi api = null!;

    private string Ca => KubeconfigFolder.Base64(authority.Pem);

    public async ValueTask InitializeAsync() => api = await TlsApi.StartAsync(authority.IssueServer("127.0.0.1", "localhost"), clients.Certificate);

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        home.Dispose();
        authority.Dispose();
        clients.Dispose();
    }

    [Fact]
    public async Task Kind_writes_everything_inline()
    {
        var (certificate, key) = clients.IssueClient("kubernetes-admin");
        home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: {Ca}
                server: {api.Url}
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
        var (certificate, key) = clients.IssueClient("system:admin");
        home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: {Ca}
                server: {api.Url}
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
                client-certificate-data: {KubeconfigFolder.Base64(certificate + clients.Pem)}
                client-key-data: {KubeconfigFolder.Base64(key)}
            """);
        Assert.Equal("system:admin", (await AskAsync()).Client);
    }

    [Fact]
    public async Task Minikube_points_to_certificate_files_and_adds_extensions()
    {
        var (certificate, key) = clients.IssueClient("minikube-user");
        home.Write("minikube/ca.crt", authority.Pem);
        home.Write("minikube/profiles/images/client.crt", certificate);
        home.Write("minikube/profiles/images/client.key", key);
        home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority: {home.PathOf("minikube/ca.crt")}
                extensions:
                - extension:
                    last-update: Fri, 02 Jan 2026 03:04:05 UTC
                    provider: minikube.sigs.k8s.io
                    version: v1.37.0
                  name: cluster_info
                server: {api.Url}
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
                client-certificate: {home.PathOf("minikube/profiles/images/client.crt")}
                client-key: {home.PathOf("minikube/profiles/images/client.key")}
            """);
        var call = await AskAsync();
        Assert.Equal("minikube-user", call.Client);
        Assert.Contains("/namespaces/golden/", call.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eks_runs_the_aws_command()
    {
        home.Script("bin/fake-aws", """
            [ "$*" = "--region eu-west-1 eks get-token --cluster-name images --output json" ] || exit 7
            [ "$AWS_PROFILE" = build ] || exit 8
            echo '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", "spec": {},
              "status": {"expirationTimestamp": "2026-01-02T03:18:05Z", "token": "k8s-aws-v1.fake"}}'
            """);
        const string Arn = "arn:aws:eks:eu-west-1:111122223333:cluster/images";
        home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: {Ca}
                server: {api.Url}
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
    public async Task Gke_tells_its_plugin_about_the_cluster()
    {
        home.Script("fake-gke-plugin", $$"""
            case "$KUBERNETES_EXEC_INFO" in *'"server":"{{api.Url}}"'*'"certificate-authority-data":"{{Ca}}"'*) ;; *) exit 7;; esac
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":false},"status":{"expirationTimestamp":"2026-01-02T04:04:04Z","token":"ya29.fake"} }'
            """);
        home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: {Ca}
                server: {api.Url}
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
        home.Write("ca.pem", authority.Pem);
        home.Write("config", $"""
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority: ca.pem
                server: https://localhost:{api.Port}
              name: localhost:{api.Port}
            - cluster:
                insecure-skip-tls-verify: true
                server: {api.Url}
              name: api-other-example-com:6443
            contexts:
            - context:
                cluster: localhost:{api.Port}
                namespace: default
                user: kube:admin/localhost:{api.Port}
              name: default/localhost:{api.Port}/kube:admin
            - context:
                cluster: localhost:{api.Port}
                namespace: images
                user: builder/localhost:{api.Port}
              name: images/localhost:{api.Port}/builder
            - context:
                cluster: api-other-example-com:6443
                namespace: other
                user: kube:admin/localhost:{api.Port}
              name: other/api-other-example-com:6443/kube:admin
            current-context: images/localhost:{api.Port}/builder
            kind: Config
            preferences: {"{}"}
            users:
            - name: builder/localhost:{api.Port}
              user:
                token: sha256~builder
            - name: kube:admin/localhost:{api.Port}
              user:
                token: sha256~admin
            """);
        var call = await AskAsync();
        Assert.Equal(("sha256~builder", "localhost"), (call.Token, call.ServerName));
        Assert.Contains("/namespaces/images/", call.Path, StringComparison.Ordinal);
        Assert.Equal("sha256~admin", (await AskAsync($"default/localhost:{api.Port}/kube:admin")).Token);
        Assert.Contains("/namespaces/other/", (await AskAsync("other/api-other-example-com:6443/kube:admin")).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_files_of_KUBECONFIG_make_one_configuration()
    {
        home.Write("clusters/ca.pem", authority.Pem);
        var clusters = home.Write("clusters/config", $"clusters: [{{name: c, cluster: {{server: '{api.Url}', certificate-authority: ca.pem}}}}]\nusers:\n");
        home.Write("users/token", "from-the-file");
        var users = home.Write("users/config", "current-context: ''\nusers: [{name: u, user: {tokenFile: token}}, {name: nobody, user: }]\ncontexts: null\n");
        var contexts = home.Write("config", "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}, {name: anonymous, context: {cluster: c, user: nobody}}]");
        home.Environment["KUBECONFIG"] = string.Join(Path.PathSeparator, home.PathOf("missing"), "", clusters, users, home.PathOf("missing too"), contexts);
        Assert.Equal("from-the-file", (await LastAsync(home.Find())).Token);
        Assert.Null((await LastAsync(home.Find(context: "anonymous"))).Token);
    }

    [Fact]
    public async Task A_pod_uses_its_service_account()
    {
        home.Environment["KUBERNETES_SERVICE_HOST"] = "127.0.0.1";
        home.Environment["KUBERNETES_SERVICE_PORT"] = api.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        home.Write("sa/token", "pod-token\n");
        home.Write("sa/ca.crt", authority.Pem);
        home.Write("sa/namespace", "images");
        var call = await LastAsync(home.Find());
        Assert.Equal("pod-token", call.Token);
        Assert.Contains("/namespaces/images/", call.Path, StringComparison.Ordinal);
    }

    private Task<TlsCall> AskAsync(string? context = null) => LastAsync(home.Find(home.PathOf("config"), context));

    private async Task<TlsCall> LastAsync(KubernetesClientConfiguration configuration)
    {
        await home.AskAsync(configuration);
        return api.Calls.Last();
    }
}
