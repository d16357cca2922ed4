using System.Net;
using System.Net.Sockets;
using ImageTagOperator.Contracts;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.OpenStack;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>Failing logins, and their messages.</summary>
public sealed class LoginReports : IAsyncLifetime
{
    private SandboxCloud cloud = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cloud = await SandboxCloud.StartAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    // terraform-provider-openstack/terraform-provider-openstack#154
    [Fact]
    public async Task A_login_that_Keystone_cannot_parse_is_an_error_in_clouds_yaml()
    {
        cloud.Faults.Add("POST", "*/auth/tokens", new Fault { Status = 400,
            Body = """{"error": {"code": 400, "message": "Expecting to find domain in project."}}""", ContentType = "application/json" });
        var problem = await ProblemAsync("demo");
        Assert.Equal(Reason.InvalidCloudsYaml, problem.Reason);
        Assert.EndsWith(
            "Expecting to find domain in project. Keystone does not understand this login: give user, project and their domains in 'auth' "
            + "of clouds.yaml.", problem.Message, StringComparison.Ordinal);
    }

    // gophercloud/gophercloud#2152
    [Theory]
    [InlineData("/v3")]
    [InlineData("/nowhere/v3")]
    public async Task A_wrong_path_in_auth_url_needs_a_person(string path)
    {
        var right = CloudsYaml.Parse(cloud.CloudsYaml, "demo");
        using var session = TestSession.Of(right with { AuthUrl = new Uri(cloud.Url + path) });
        var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(MutualTlsCloud.NoImage, Cancel));
        Assert.Equal(Reason.AuthUrlWrong, Problems.Of(error).Reason);
        Assert.Contains(
            $"There is no Keystone v3 at {cloud.Url}{path}: correct 'auth_url' in clouds.yaml.", error.Message, StringComparison.Ordinal);
    }

    // terraform-provider-openstack/terraform-provider-openstack#184
    [Theory]
    [InlineData("POST", "*/auth/tokens", 301)]
    [InlineData("POST", "*/auth/tokens", 308)]
    [InlineData("GET", "*/v2/images*", 301)]
    public async Task A_redirect_names_its_target_and_needs_a_person(string method, string target, int status)
    {
        cloud.Faults.Add(method, target,
            new Fault { Status = status, Headers = new Dictionary<string, string> { ["Location"] = "https://cloud.example/v3?x=1" } });
        var problem = await ProblemAsync("demo");
        Assert.Equal(
            (Reason.Redirected, true), (problem.Reason, problem.Message.Contains("https://cloud.example/v3,", StringComparison.Ordinal)));
    }

    // gtema/openstack#1243
    [Theory]
    [InlineData("POST", "*/auth/tokens", 200, "<p>Welcome</p>", "AuthUrlWrong")]
    [InlineData("GET", "*/v2/images*", 200, "<p>Welcome</p>", "EndpointNotFound")]
    [InlineData("GET", "*/v2/images*", 404, "<p>Nothing here</p>", "EndpointNotFound")]
    public async Task A_server_that_was_never_an_API_needs_a_person_and_one_that_was_is_an_outage(
        string method, string target, int status, string page, string reason)
    {
        var fault = new Fault { Status = status, Body = page, ContentType = "text/html" };
        cloud.Faults.Add(method, target, fault);
        var problem = await ProblemAsync("demo");
        Assert.Equal(reason, problem.Reason.Name);
        Assert.Contains("correct ", problem.Message, StringComparison.Ordinal);

        cloud.Faults.Clear();
        using var session = TestSession.Of(CloudsYaml.Parse(cloud.CloudsYaml, "demo"));
        await session.GetImageAsync(cloud.AddImage("there").Id, Cancel);
        cloud.Faults.Add(method, target, fault);
        if (method == "POST") return;      // its token is still good
        var later = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(MutualTlsCloud.NoImage, Cancel));
        Assert.Equal(CloudErrorKind.Transient, later.Kind);
    }

    // dotnet/corefx#41701
    [Fact]
    public void Http_to_a_port_for_https_needs_a_person()
    {
        var error = CloudCallException.For("GET http://x", null, new HttpRequestException(HttpRequestError.InvalidResponse, "x"));
        Assert.Equal(CloudErrorKind.AuthUrlWrong, error.Kind);
        Assert.Contains("check the scheme, http or https, and the port", error.Message, StringComparison.Ordinal);
    }

    // cloudfoundry/bosh-openstack-cpi-release#51, cloudify-cosmo/cloudify-openstack-plugin#52
    [Theory]
    [InlineData(SocketError.HostNotFound, "AuthUrlWrong")]
    [InlineData(SocketError.TryAgain, "Transient")]
    [InlineData(SocketError.ConnectionRefused, "Transient")]
    [InlineData(SocketError.TimedOut, "Transient")]
    public void An_unknown_host_name_needs_a_person_and_a_failed_lookup_does_not(SocketError socket, string kind)
    {
        var error = new HttpRequestException(HttpRequestError.NameResolutionError, "x", new SocketException((int)socket));
        Assert.Equal(kind, $"{CloudCallException.For("GET http://x", null, error).Kind}");
    }

    // dotnet/runtime#66133
    [Theory]
    [InlineData(HttpStatusCode.ProxyAuthenticationRequired, "Rejected")]
    [InlineData(HttpStatusCode.Forbidden, "Rejected")]
    [InlineData(HttpStatusCode.BadGateway, "Transient")]
    [InlineData(HttpStatusCode.TooManyRequests, "Transient")]
    public void A_proxy_that_rejects_the_request_needs_a_person(HttpStatusCode status, string kind)
    {
        var error = CloudCallException.For(
            "GET https://x", null, new HttpRequestException(HttpRequestError.ProxyTunnelError, "x", null, status));
        Assert.Equal(kind, $"{error.Kind}");
        Assert.Contains("Correct HTTPS_PROXY of the operator, or list the server in NO_PROXY", error.Message, StringComparison.Ordinal);
    }

    // k-orc/openstack-resource-controller#596
    [Fact]
    public async Task An_application_credential_whose_access_rules_omit_images_needs_a_person()
    {
        cloud.Faults.Add("*", "*/v2/images*", new Fault { Status = 401 });
        var problem = await ProblemAsync("demo-app");
        Assert.Equal(Reason.AccessRulesForbid, problem.Reason);
        Assert.Contains("access rules", problem.Message, StringComparison.Ordinal);
        Assert.Contains("PUT and DELETE /v2/images/*/tags/*", problem.Message, StringComparison.Ordinal);
        Assert.Equal(Reason.Transient, (await ProblemAsync("demo")).Reason);
    }

    // gophercloud/gophercloud#3573
    [Fact]
    public async Task Https_to_a_port_for_http_needs_a_person()
    {
        var right = CloudsYaml.Parse(cloud.CloudsYaml, "demo");
        using var session = TestSession.Of(
            right with { AuthUrl = new Uri(right.AuthUrl.AbsoluteUri.Replace("http:", "https:", StringComparison.Ordinal)) });
        var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(MutualTlsCloud.NoImage, Cancel));
        Assert.Equal(Reason.AuthUrlWrong, Problems.Of(error).Reason);
        Assert.Contains("does not speak TLS", error.Message, StringComparison.Ordinal);
    }

    // kubernetes-sigs/cluster-api-provider-openstack#2336
    [Theory]
    [InlineData(404)]
    [InlineData(401)]
    public async Task A_deleted_or_expired_application_credential_is_reported_with_the_command(int status)
    {
        cloud.Faults.Add("POST", "*/auth/tokens", new Fault { Status = status,
            Body = """{"error": {"code": 404, "message": "Could not find Application Credential: 818a."}}""",
            ContentType = "application/json" });
        var problem = await ProblemAsync("demo-app");
        Assert.Equal(Reason.CredentialsRejected, problem.Reason);
        Assert.Contains(
            "It may have expired, or it was deleted: 'openstack application credential list'", problem.Message, StringComparison.Ordinal);
    }

    // kubernetes-sigs/cluster-api-provider-openstack#2097
    [Fact]
    public async Task Replaced_credentials_are_used_although_the_old_ones_were_rejected()
    {
        var wrong = cloud.CloudsYaml.Replace("demo-secret", "old", StringComparison.Ordinal);
        using (var refused = TestSession.Of(CloudsYaml.Parse(wrong, "demo"))) await Assert.ThrowsAsync<CloudException>(
            () => refused.GetImageEndpointAsync(Cancel));
        using var session = TestSession.Of(CloudsYaml.Parse(cloud.CloudsYaml, "demo"));
        Assert.EndsWith("/v2", (await session.GetImageEndpointAsync(Cancel)).AbsoluteUri, StringComparison.Ordinal);
    }

    // kubernetes-sigs/cluster-api-provider-openstack#160
    [Fact]
    public async Task A_token_that_was_revoked_early_is_renewed_silently()
    {
        var image = cloud.AddImage("ubuntu");
        using var session = TestSession.Of(CloudsYaml.Parse(cloud.CloudsYaml, "demo"));
        await session.GetImageEndpointAsync(Cancel);
        cloud.Faults.Add("GET", "*/v2/images*", new Fault { Status = 401 }, times: 1);
        Assert.Equal("ubuntu", (await session.GetImageAsync(image.Id, Cancel))!.Name);
    }

    // ncw/swift#166
    [Fact]
    public async Task A_clock_ahead_of_the_cloud_does_not_block_logins()
    {
        await using var behind = await SandboxCloud.StartAsync(new FakeTimeProvider());
        var image = behind.AddImage("ubuntu");
        var ahead = new FakeTimeProvider();
        ahead.Advance(TimeSpan.FromHours(2));
        using var session = TestSession.Of(CloudsYaml.Parse(behind.CloudsYaml, "demo"), ahead);
        for (var read = 0; read < 3; read++) Assert.Equal("ubuntu", (await session.GetImageAsync(image.Id, Cancel))!.Name);
        Assert.Single(behind.Calls.Matching("POST", "*/auth/tokens"));
    }

    // ncw/swift#166
    [Fact]
    public async Task An_expired_token_is_not_used_when_the_clock_is_behind_the_cloud()
    {
        var theirs = new FakeTimeProvider();
        theirs.Advance(TimeSpan.FromHours(2));
        await using var ahead = await SandboxCloud.StartAsync(theirs);
        var image = ahead.AddImage("ubuntu");
        var ours = new FakeTimeProvider();
        using var session = TestSession.Of(CloudsYaml.Parse(ahead.CloudsYaml, "demo"), ours);
        Assert.Equal("ubuntu", (await session.GetImageAsync(image.Id, Cancel))!.Name);
        theirs.Advance(ahead.TokenLifetime);
        ours.Advance(ahead.TokenLifetime);
        Assert.Equal("ubuntu", (await session.GetImageAsync(image.Id, Cancel))!.Name);
        Assert.Equal(2, ahead.Calls.Matching("POST", "*/auth/tokens").Count);
        Assert.DoesNotContain(ahead.Calls.All, call => call.Status == 401);
    }

    // gophercloud/gophercloud#2096, gophercloud/utils#155
    [Theory]
    [InlineData("7", 7)]
    [InlineData(null, null)]
    public async Task A_429_is_transient_and_its_Retry_After_is_respected(string? header, int? seconds)
    {
        cloud.Faults.Add("GET", "*/v2/images*",
            new Fault { Status = 429, Headers = header is null ? [] : new Dictionary<string, string> { ["Retry-After"] = header } });
        var problem = await ProblemAsync("demo");
        Assert.Equal((Reason.Transient, seconds), (problem.Reason, problem.RetryAfter is { } pause ? (int)pause.TotalSeconds : null));
    }

    // k-orc/openstack-resource-controller#879
    [Fact]
    public async Task An_unreachable_cloud_is_transient()
    {
        // A bound port on which nobody listens, so that no other server can get it.
        using var nobody = new Socket(SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)nobody.LocalEndPoint!).Port;
        var right = CloudsYaml.Parse(cloud.CloudsYaml, "demo");
        using var session = TestSession.Of(right with { AuthUrl = new Uri($"http://127.0.0.1:{port}/v3") });
        Assert.Equal(CloudErrorKind.Transient,
            (await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(MutualTlsCloud.NoImage, Cancel))).Kind);
    }

    private async Task<Problem> ProblemAsync(string name)
    {
        using var session = TestSession.Of(CloudsYaml.Parse(cloud.CloudsYaml, name));
        return Problems.Of(await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(MutualTlsCloud.NoImage, Cancel)));
    }
}
