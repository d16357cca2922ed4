using System.Net;
using System.Net.Sockets;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Images;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>The addresses that the operator connects to. DNS and connections are fakes: nothing leaves this machine.</summary>
public sealed class AllowedCloudsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("169.254.169.254")]             // metadata of AWS, Azure, Google Cloud and OpenStack
    [InlineData("169.254.170.2")]
    [InlineData("169.254.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%3")]
    [InlineData("febf::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd20:ce::254")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:a9fe:a9fe::")]
    public async Task Metadata_addresses_are_never_connected_even_if_allowed(string address)
    {
        foreach (var allowed in new[] { AllowedClouds.Anywhere, AllowedClouds.Of([], isInCluster: false),
            AllowedClouds.Of(["0.0.0.0/0", "::/0", "cloud.example", address.Split('%')[0]], isInCluster: false) })
        {
            var (reached, error) = await DialAsync(allowed, "cloud.example", address);
            Assert.Empty(reached);
            Assert.Contains("services, and nothing is sent there", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("127.0.0.1", true, false)]
    [InlineData("127.8.8.8", true, false)]
    [InlineData("::1", true, false)]
    [InlineData("::ffff:127.0.0.1", true, false)]
    [InlineData("127.0.0.1", true, true, "127.0.0.0/8")]
    [InlineData("127.0.0.1", true, true, "cloud.example")]
    [InlineData("127.0.0.1", true, false, "*.example")]
    [InlineData("127.0.0.1", true, false, "10.0.0.0/8")]
    [InlineData("127.0.0.1", false, false, "10.0.0.0/8")]
    public async Task Loopback_is_the_pod_itself_in_a_cluster_and_must_be_allowed(
        string address, bool isInCluster, bool isReached, params string[] allowed)
    {
        var (reached, _) = await DialAsync(AllowedClouds.Of(allowed, isInCluster), "cloud.example", address);
        Assert.Equal(isReached ? [$"{IPAddress.Parse(address)}"] : [], reached);
    }

    [Theory]
    [InlineData("keystone.example.com", "10.1.2.3", true, "keystone.example.com")]
    [InlineData("KEYSTONE.example.com.", "10.1.2.3", true, "keystone.example.com")]
    [InlineData("keystone.example.com", "10.1.2.3", true, "*.example.com")]
    [InlineData("a.b.example.com", "10.1.2.3", true, "*.example.com")]
    [InlineData("example.com", "10.1.2.3", false, "*.example.com")]
    [InlineData("badexample.com", "10.1.2.3", false, "*.example.com")]
    [InlineData("example.com.evil.org", "10.1.2.3", false, "*.example.com", "example.com")]
    [InlineData("anything.org", "10.1.2.3", true, "10.0.0.0/8")]
    [InlineData("anything.org", "11.1.2.3", false, "10.0.0.0/8")]
    [InlineData("anything.org", "::ffff:10.1.2.3", true, "10.0.0.0/8")]
    [InlineData("anything.org", "2001:db8::5", true, "2001:db8::/32")]
    [InlineData("10.1.2.3", "10.1.2.3", true, "10.1.2.3")]
    [InlineData("10.1.2.4", "10.1.2.4", false, "10.1.2.3")]
    [InlineData("anything.org", "203.0.113.1", true)]
    public async Task Only_allowed_addresses_are_connected(string host, string address, bool isReached, params string[] allowed)
    {
        var (reached, error) = await DialAsync(AllowedClouds.Of(allowed, isInCluster: true), host, address);
        Assert.Equal(isReached ? [$"{IPAddress.Parse(address)}"] : [], reached);
        if (!isReached) Assert.Contains("--allowed-clouds", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_checked_address_is_the_one_that_is_connected_to()
    {
        // A name that resolves to a harmless address first, and then to the metadata service.
        var (asked, reached) = (0, new List<IPAddress>());
        var dialer = new CloudDialer(AllowedClouds.Anywhere)
        {
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(asked++ == 0 ? "203.0.113.1" : "169.254.169.254")]),
            Connect = (endpoint, _) => Connected(reached, endpoint),
        };
        for (var time = 0; time < 2; time++) await Record.ExceptionAsync(
            () => dialer.DialAsync(new DnsEndPoint("rebinding.test", 80), new Uri("http://rebinding.test/v3"), Cancel).AsTask());
        Assert.Equal([IPAddress.Parse("203.0.113.1")], reached);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Only_the_allowed_ones_of_several_addresses_are_tried()
    {
        var (reached, _) = await DialAsync(AllowedClouds.Of(["10.0.0.0/8"], isInCluster: true), "several.test", "169.254.169.254",
            "11.0.0.1", "10.0.0.9");
        Assert.Equal(["10.0.0.9"], reached);
    }

    [Fact]
    public async Task A_proxy_is_trusted_and_gets_only_allowed_targets()
    {
        var reached = new List<IPAddress>();
        var dialer = Dialer(AllowedClouds.Of(["*.example.com", "10.0.0.0/8"], isInCluster: true), reached, "127.0.0.1");
        await dialer.DialAsync(new DnsEndPoint("proxy.local", 3128), new Uri("http://keystone.example.com/v3"), Cancel);
        Assert.Equal([IPAddress.Loopback], reached);
        await dialer.CheckProxiedAsync(new Uri("http://keystone.example.com/v3"), Cancel);
        await dialer.CheckProxiedAsync(new Uri("http://10.9.9.9/v3"), Cancel);
        foreach (var url in new[] { "http://169.254.169.254/v3", "http://[fe80::1]/v3", "http://[::ffff:169.254.169.254]/v3",
            "http://11.0.0.1/", "http://inner.local/v3" })
        {
            await Assert.ThrowsAsync<AddressNotAllowedException>(() => dialer.CheckProxiedAsync(new Uri(url), Cancel));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_name_that_only_the_proxy_can_resolve_must_be_allowed_by_name(bool isLimited)
    {
        var dialer = new CloudDialer(isLimited ? AllowedClouds.Of(["10.0.0.0/8"], true) : AllowedClouds.Anywhere) { Resolve = (_, _) =>
            throw new SocketException((int)SocketError.HostNotFound) };
        var error = await Record.ExceptionAsync(() => dialer.CheckProxiedAsync(new Uri("http://inner.local/v3"), Cancel));
        Assert.Equal(isLimited, error is AddressNotAllowedException);
    }

    [Theory]
    [InlineData("keystone.example.com", true)]
    [InlineData("*.example.com", true)]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("localhost", true)]
    [InlineData("*", false)]
    [InlineData("*.", false)]
    [InlineData("a.*.b", false)]
    [InlineData("*example.com", false)]
    [InlineData("10.0.0.1/8", false)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("10.0.0", false)]
    [InlineData("https://keystone.example.com", false)]
    [InlineData("keystone.example.com:5000", false)]
    [InlineData("", false)]
    public void An_entry_is_a_name_or_a_network(string entry, bool isGood) => Assert.Equal(isGood, AllowedClouds.Problem(entry) is null);

    [Theory]
    [InlineData("auth")]
    [InlineData("override")]
    [InlineData("catalog")]
    public async Task The_check_covers_Keystone_the_override_and_the_catalog(string where)
    {
        await using var cloud = await Sandbox.Cloud.SandboxCloud.StartAsync();
        const string forbidden = "http://metadata.test/";
        var configuration = CloudsYaml.Parse(cloud.CloudsYaml, "demo");
        var port = configuration.AuthUrl.Port;
        if (where == "auth") configuration = configuration with { AuthUrl = new Uri(forbidden + "v3") };
        if (where == "override") configuration = configuration with { ImageEndpointOverride = new Uri(forbidden) };
        if (where == "catalog") cloud.Faults.Add("POST", "*/auth/tokens", Token(forbidden));
        var reached = new List<IPAddress>();
        var dialer = new CloudDialer(AllowedClouds.Anywhere)
        {
            Resolve = (host, _) =>
                Task.FromResult<IPAddress[]>([host == "metadata.test" ? IPAddress.Parse("169.254.169.254") : IPAddress.Loopback]),
            Connect = (endpoint, cancellationToken) => ToLoopbackAsync(endpoint, port, reached, cancellationToken),
        };
        using var hosts = new CloudHosts(new CloudLimits(), TimeProvider.System, static () => true, null, dialer);
        using var session = new CloudSession(configuration, "b", new ImageGates(TimeProvider.System), hosts, TimeProvider.System);
        var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(Guid.NewGuid().ToString(), Cancel));
        Assert.Equal(CloudErrorKind.AddressNotAllowed, error.Kind);
        Assert.Contains("169.254.169.254", error.Message, StringComparison.Ordinal);
        Assert.All(reached, address => Assert.Equal(IPAddress.Loopback, address));
    }

    private static Sandbox.Fault Token(string image) => new()
    {
        Status = 201,
        ContentType = "application/json",
        Headers = new Dictionary<string, string> { ["X-Subject-Token"] = "a-token" },
        Body = $$$"""
            {"token": {"expires_at": "2999-01-01T00:00:00.000000Z", "project": {"id": "p"},
             "catalog": [{"type": "image", "endpoints": [{"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "url": "{{{image}}}"}]}]}}
            """,
    };

    private static async Task<Stream> ToLoopbackAsync(
        IPEndPoint endpoint, int port, List<IPAddress> reached, CancellationToken cancellationToken)
    {
        reached.Add(endpoint.Address);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task<(IReadOnlyList<string> Reached, string Error)> DialAsync(AllowedClouds allowed, string host,
        params string[] addresses)
    {
        var reached = new List<IPAddress>();
        var error = await Record.ExceptionAsync(() => Dialer(allowed, reached, addresses)
            .DialAsync(new DnsEndPoint(host, 5000), new UriBuilder("http", host, 5000, "/v3").Uri, Cancel).AsTask());
        return ([.. reached.Select(address => $"{address}")], error?.Message ?? "");
    }

    private static CloudDialer Dialer(AllowedClouds allowed, List<IPAddress> reached, params string[] addresses) => new(allowed)
    {
        Resolve = (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Select(IPAddress.Parse)]),
        Connect = (endpoint, _) => Connected(reached, endpoint),
    };

    private static Task<Stream> Connected(List<IPAddress> reached, IPEndPoint endpoint)
    {
        reached.Add(endpoint.Address);
        return Task.FromResult<Stream>(new MemoryStream());
    }
}
