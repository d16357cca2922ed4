using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

public sealed class ConfigurationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kubeconfig-").FullName;
    private readonly Dictionary<string, string> environment = [];
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Statement_23_the_order_is_flag_then_KUBECONFIG_then_pod_then_home()
    {
        environment["HOME"] = folder;
        Write(".kube/config", Minimal("home"));
        Assert.Equal("http://home/", Find().Server.AbsoluteUri);

        environment["KUBERNETES_SERVICE_HOST"] = "fd00::1";
        environment["KUBERNETES_SERVICE_PORT"] = "443";
        var (authority, _) = Certificate("ca");
        Write("sa/token", "secret-token\n");
        Write("sa/ca.crt", authority.ExportCertificatePem());
        Write("sa/namespace", "images\n");
        Assert.Equal(("https://[fd00::1]/", "images"), (Find().Server.AbsoluteUri, Find().Namespace));

        environment["KUBECONFIG"] = string.Join(Path.PathSeparator, PathOf("missing"), Write("listed", Minimal("listed")));
        Assert.Equal("http://listed/", Find().Server.AbsoluteUri);

        Assert.Equal("http://flag/", Find(Write("flag", Minimal("flag"))).Server.AbsoluteUri);
    }

    [Fact]
    public void Statement_23_files_of_KUBECONFIG_are_merged_and_the_first_entry_wins()
    {
        var first = Write("first", "contexts: [{name: c, context: {cluster: k, namespace: one}}]\ncurrent-context: c\n");
        var second = Write("second",
            "contexts: [{name: c, context: {cluster: k, namespace: two}}]\nclusters: [{name: k, cluster: {server: "
            + "'http://second'}}]\ncurrent-context: d\n");
        environment["KUBECONFIG"] = first + Path.PathSeparator + second;
        Assert.Equal(("one", "http://second/"), (Find().Namespace, Find().Server.AbsoluteUri));
    }

    [Fact]
    public void Statement_23_a_context_can_be_chosen()
    {
        var path = Write("config", Minimal("one") + "- name: other\n  context: {cluster: c, namespace: there}\n");
        Assert.Equal("default", Find(path).Namespace);
        Assert.Equal("there", Find(path, "other").Namespace);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Statement_23_authority_and_client_certificate_come_from_files_or_inline(bool inline)
    {
        var (authority, _) = Certificate("ca");
        var (certificate, key) = Certificate("me");
        Write("ca.pem", authority.ExportCertificatePem());
        Write("me.pem", certificate.ExportCertificatePem());
        Write("me.key", key.ExportPkcs8PrivateKeyPem());
        var path = Write("config", Config(
            inline ? $"certificate-authority-data: {Base64(authority.ExportCertificatePem())}" : "certificate-authority: ca.pem",
            inline ? $"client-certificate-data: {Base64(certificate.ExportCertificatePem())}, client-key-data: "
                + $"{Base64(key.ExportPkcs8PrivateKeyPem())}"
                : "client-certificate: me.pem, client-key: me.key"));
        var found = Find(path);
        Assert.Equal("CN=ca", Assert.Single(found.CertificateAuthority!).Subject);
        var credential = await found.Credentials.GetAsync(time, false, Cancel);
        Assert.Equal(("CN=me", true), (credential.Certificate!.Leaf.Subject, credential.Certificate.Leaf.HasPrivateKey));
    }

    [Fact]
    public async Task Statement_23_token_tokenFile_proxy_server_name_and_skip_verify_are_read()
    {
        var found = Find(Write("config",
            Config("tls-server-name: api.example.com, proxy-url: 'http://proxy:3128', insecure-skip-tls-verify: true", "token: t0k3n")));
        Assert.Equal(("api.example.com", "http://proxy:3128/", true), (found.TlsServerName, found.Proxy!.AbsoluteUri, found.SkipTlsVerify));
        Assert.Equal("t0k3n", (await found.Credentials.GetAsync(time, false, Cancel)).Token);

        Write("token", " from-file\n");
        var both = Find(Write("config", Config("", "token: t0k3n, tokenFile: token")));
        Assert.Equal("from-file", (await both.Credentials.GetAsync(time, false, Cancel)).Token);
    }

    [Fact]
    public async Task Statement_23_the_credential_of_an_exec_plugin_is_cached_until_it_expires_or_is_refused()
    {
        Write("plugin.sh", """
            #!/bin/sh
            echo run >>"$COUNT"
            case "$KUBERNETES_EXEC_INFO" in *'"interactive":false'*) ;; *) exit 9;; esac
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t-'$1'","expirationTimestamp":"2026-01-02T04:04:05Z"}}'
            """);
        TestScript.MakeExecutable(PathOf("plugin.sh"));
        var count = PathOf("count");
        var found = Find(Write("config",
            Config("",
            $$"""exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh, args: [one], env: [{name: COUNT, value: '{{count}}'}]}""")));
        var all = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => found.Credentials.GetAsync(time, false, Cancel).AsTask()));
        Assert.All(all, credential => Assert.Equal("t-one", credential.Token));
        Assert.Single(Runs());
        await found.Credentials.GetAsync(time, rejected: true, Cancel);
        Assert.Equal(2, Runs().Length);
        time.Advance(TimeSpan.FromHours(1));
        await found.Credentials.GetAsync(time, false, Cancel);
        Assert.Equal(3, Runs().Length);

        string[] Runs() => File.ReadAllLines(count);
    }

    [Theory]
    [InlineData("exit 3", "ended with exit code 3")]
    [InlineData("echo 'secret {'", "did not print a usable ExecCredential")]
    [InlineData(
        "echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{}}'", "gave neither a token nor a client certificate")]
    public async Task Statement_23_an_exec_plugin_that_fails_is_named_and_its_output_is_not_shown(string script, string problem)
    {
        Write("plugin.sh", "#!/bin/sh\n" + script + "\n");
        TestScript.MakeExecutable(PathOf("plugin.sh"));
        var found = Find(Write("config", Config("", "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh}")));
        var error = await Assert.ThrowsAsync<KubernetesConfigurationException>(
            () => found.Credentials.GetAsync(time, false, Cancel).AsTask());
        Assert.Contains("user 'u', exec", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_error_for_a_missing_exec_plugin_has_its_install_hint()
    {
        var found = Find(Write("config",
            Config("", "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, installHint: get it}")));
        var error = await Assert.ThrowsAsync<KubernetesConfigurationException>(
            () => found.Credentials.GetAsync(time, false, Cancel).AsTask());
        Assert.Matches("cannot run no-such-plugin: .*get it", error.Message);
    }

    [Theory]
    [InlineData("current-context: gone", "there is no context 'gone' under contexts")]
    [InlineData("clusters: []", "current-context is not set")]
    [InlineData("a: [", "line ")]
    [InlineData("- a", "must be one YAML mapping")]
    public void Errors_name_the_file_and_the_entry(string yaml, string problem)
    {
        var path = Write("config", yaml);
        var error = Assert.Throws<KubernetesConfigurationException>(() => Find(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("certificate-authority: nowhere.pem", "token: s3cr3t", "cluster 'c': cannot read certificate-authority")]
    [InlineData("certificate-authority-data: '***'", "token: s3cr3t", "cluster 'c': certificate-authority-data is not base64")]
    [InlineData("", "token: [s3cr3t]", "user 'u': token must be a string")]
    [InlineData("", "client-certificate-data: czNjcjN0, client-key-data: czNjcjN0", "user 'u': client-certificate is not a usable PEM")]
    [InlineData("", "auth-provider: {name: gcp}", "user 'u': auth-provider 'gcp' is not supported")]
    public void Errors_of_entries_name_them_and_never_their_values(string cluster, string user, string problem)
    {
        var error = Assert.Throws<KubernetesConfigurationException>(() => Find(Write("config", Config(cluster, user))));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_without_any_configuration_lists_what_was_tried()
    {
        environment["HOME"] = folder;
        environment["KUBECONFIG"] = PathOf("missing");
        var error = Assert.Throws<KubernetesConfigurationException>(() => Find());
        Assert.Contains(PathOf("missing"), error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder, ".kube", "config"), error.Message, StringComparison.Ordinal);
        Assert.Throws<KubernetesConfigurationException>(() => Find(PathOf("missing")));
    }

    [Fact]
    public async Task Statement_24_a_rotated_token_is_read_again_every_minute_and_on_401()
    {
        var path = Write("token", "one");
        var source = new TokenFileCredentials(path, "test", null);
        Assert.Equal("one", (await source.GetAsync(time, false, Cancel)).Token);
        Write("token", "two");
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("one", (await source.GetAsync(time, false, Cancel)).Token);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("two", (await source.GetAsync(time, false, Cancel)).Token);
        Write("token", "three");
        Assert.Equal("three", (await source.GetAsync(time, rejected: true, Cancel)).Token);
    }

    [Fact]
    public async Task Statement_24_a_request_that_gets_401_is_tried_again_with_the_new_token()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        server.RequiredToken = "one";
        var path = Write("token", "one");
        var configuration = new KubernetesClientConfiguration { Server = new Uri(server.Url),
            Credentials = new TokenFileCredentials(path, "test", null) };
        using var client = new KubernetesClient(configuration, WidgetJsonContext.Default, "t/1", time);
        Assert.NotNull(await client.GetAsync<Widget>("a", "default", Cancel));
        Write("token", "two");
        server.RequiredToken = "two";
        Assert.NotNull(await client.GetAsync<Widget>("a", "default", Cancel));

        server.RequiredToken = "three";
        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync<Widget>("a", "default", Cancel));
        Assert.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
        Assert.DoesNotContain("two", error.ToString(), StringComparison.Ordinal);
    }

    private KubernetesClientConfiguration Find(string? flag = null, string? context = null) =>
        new ConfigurationFinder(environment.GetValueOrDefault, PathOf("sa")).Find(flag, context);

    private string PathOf(string name) => Path.Combine(folder, name);

    private string Write(string name, string text)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Minimal(string host) =>
        $"current-context: x\nclusters: [{{name: c, cluster: {{server: 'http://{host}'}}}}]\ncontexts:\n- name: x\n  context: {{cluster: "
            + $"c}}\n";

    private static string Config(string cluster, string user) =>
        $"current-context: x\nclusters: [{{name: c, cluster: {{server: 'https://api'{(cluster.Length > 0 ? ", " + cluster : "")}}}}}]\n"
        + $"contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\nusers: [{{name: u, user: {{{user}}}}}]\n";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static (X509Certificate2 Certificate, ECDsa Key) Certificate(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var from = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return (request.CreateSelfSigned(from, from.AddYears(30)), key);
    }
}
