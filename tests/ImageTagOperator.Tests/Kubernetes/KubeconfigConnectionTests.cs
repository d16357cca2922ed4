using ImageTagOperator.Kubernetes.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>The TLS and proxy settings of a kubeconfig, as seen on the wire.</summary>
public sealed class KubeconfigConnectionTests : IDisposable
{
    private readonly KubeconfigFolder home = new();
    private readonly TestAuthority authority = new("cluster-ca");

    private string Ca => "certificate-authority-data: " + KubeconfigFolder.Base64(authority.Pem);

    public void Dispose()
    {
        home.Dispose();
        authority.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Statement_23_tls_server_name_is_sent_and_verified_instead_of_the_host(bool throughProxy)
    {
        await using var proxy = new ConnectProxy("user:p@ss");
        await using var api = await StartAsync("api.internal.example");
        var extra = throughProxy ? $", proxy-url: 'http://user:p%40ss@{proxy.Address}'" : "";
        var call = await AskAsync(api, $"{Ca}, tls-server-name: api.internal.example{extra}");

        // client-go sets the name in the TLS configuration only; a gateway that routes by Host must see the server's own name.
        Assert.Equal(("api.internal.example", $"127.0.0.1:{api.Port}", "HTTP/2"), (call.ServerName, call.Host, call.Protocol));
        Assert.Equal(throughProxy ? [$"127.0.0.1:{api.Port}"] : [], proxy.Targets);
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(api, $"{Ca}, tls-server-name: other.example{extra}"));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(api, Ca + extra));
    }

    [Fact]
    public async Task Statement_23_insecure_skip_tls_verify_accepts_any_certificate_and_still_sends_the_name()
    {
        await using var api = await StartAsync("elsewhere.example");
        Assert.Null((await AskAsync(api, "insecure-skip-tls-verify: true")).ServerName);
        Assert.Equal("named.example", (await AskAsync(api, "insecure-skip-tls-verify: true, tls-server-name: named.example")).ServerName);
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(api, "insecure-skip-tls-verify: false"));
    }

    [Fact]
    public async Task Statement_23_another_authority_is_not_trusted()
    {
        using var other = new TestAuthority("cluster-ca");
        await using var api = await StartAsync("127.0.0.1");
        await AskAsync(api, Ca);
        await Assert.ThrowsAsync<HttpRequestException>(
            () => AskAsync(api, "certificate-authority-data: " + KubeconfigFolder.Base64(other.Pem)));
        await AskAsync(api, "certificate-authority-data: " + KubeconfigFolder.Base64(other.Pem + "\n" + authority.Pem));
    }

    [Fact]
    public async Task Statement_23_an_intermediate_authority_alone_can_be_trusted()
    {
        using var intermediate = new TestAuthority("intermediate", authority);
        using var sibling = new TestAuthority("sibling", authority);
        await using var api = await TlsApi.StartAsync(intermediate.IssueServer("127.0.0.1"));
        await AskAsync(api, "certificate-authority-data: " + KubeconfigFolder.Base64(intermediate.Pem));
        await Assert.ThrowsAsync<HttpRequestException>(
            () => AskAsync(api, "certificate-authority-data: " + KubeconfigFolder.Base64(sibling.Pem)));
        await using var misnamed = await TlsApi.StartAsync(intermediate.IssueServer("elsewhere.example"));
        await Assert.ThrowsAsync<HttpRequestException>(
            () => AskAsync(misnamed, "certificate-authority-data: " + KubeconfigFolder.Base64(intermediate.Pem)));
    }

    [Fact]
    public async Task Statement_23_a_client_certificate_is_sent_with_its_intermediate_authorities()
    {
        using var root = new TestAuthority("client-root");
        using var intermediate = new TestAuthority("client-intermediate", root);
        var (certificate, key) = intermediate.IssueClient("me");
        await using var api = await TlsApi.StartAsync(authority.IssueServer("127.0.0.1"), root.Certificate);
        var call = await AskAsync(
            api, Ca, $"client-certificate-data: {KubeconfigFolder.Base64(certificate)}, client-key-data: {KubeconfigFolder.Base64(key)}");
        Assert.Equal("me", call.Client);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("user:p@ss/word", "user:p%40ss%2Fword@")]
    public async Task Statement_23_proxy_url_tunnels_and_logs_in(string? login, string userInfo)
    {
        await using var api = await StartAsync("api.example");
        await using var proxy = new ConnectProxy(login) { LeadsTo = api.Port };
        // A host name that only the proxy can resolve.
        var call = await AskAsync("https://api.example:6443", api, $"{Ca}, proxy-url: 'http://{userInfo}{proxy.Address}'");
        Assert.Equal(["api.example:6443"], proxy.Targets);
        Assert.Equal(("api.example", "api.example:6443", "t0k3n"), (call.ServerName, call.Host, call.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData(", tls-server-name: api.example")]
    public async Task A_proxy_that_rejects_the_request_is_named_without_its_password(string extra)
    {
        await using var proxy = new ConnectProxy("user:right");
        await using var api = await StartAsync("api.example");
        var error = await Assert.ThrowsAsync<HttpRequestException>(
            () => AskAsync(api, $"{Ca}, proxy-url: 'http://user:s3cr3t@{proxy.Address}'{extra}"));
        Assert.Contains("407", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://user:s3cr3t@proxy:21", "cluster 'c': proxy-url must begin with http://, https:// or socks5://")]
    [InlineData("proxy:3128", "cluster 'c': proxy-url must begin with http://, https:// or socks5://")]
    [InlineData("s3cr3t", "cluster 'c': proxy-url is not a URL")]
    public void A_proxy_of_an_unknown_kind_is_an_error(string proxy, string problem)
    {
        var error = Assert.Throws<KubernetesConfigurationException>(
            () => home.Find(home.One("https://api", $"proxy-url: '{proxy}'", "token: x")));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_a_scheme_is_an_error_that_shows_the_form()
    {
        var error = Assert.Throws<KubernetesConfigurationException>(() => home.Find(home.One("localhost:6443", "", "token: x")));
        Assert.EndsWith("config, cluster 'c': server must begin with https:// or http://.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_impersonating_user_sends_the_impersonation_headers_in_each_request()
    {
        await using var api = await StartAsync("127.0.0.1");
        var call = await AskAsync(api, Ca,
            "token: t0k3n, as: 'system:serviceaccount:images:tagger', as-uid: '7', as-groups: [a, b], as-user-extra: {'Team/Name': [x, z]}");
        Assert.Equal("system:serviceaccount:images:tagger", call.Headers["Impersonate-User"]);
        Assert.Equal("7", call.Headers["Impersonate-Uid"]);
        Assert.Equal("a,b", string.Join(',', call.Headers["Impersonate-Group"].ToArray()).Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(
            "x,z", string.Join(',', call.Headers["Impersonate-Extra-team%2Fname"].ToArray()).Replace(" ", "", StringComparison.Ordinal));
    }

    private async Task<TlsApi> StartAsync(params string[] names) => await TlsApi.StartAsync(authority.IssueServer(names));

    private Task<TlsCall> AskAsync(TlsApi api, string cluster, string user = "token: t0k3n") => AskAsync(api.Url, api, cluster, user);

    private async Task<TlsCall> AskAsync(string server, TlsApi api, string cluster, string user = "token: t0k3n")
    {
        await home.AskAsync(home.Find(home.One(server, cluster, user)));
        return api.Calls.Last();
    }
}
