using System.Net;
using ImageTagOperator.Hosting;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>NO_PROXY in the formats of curl, Go and Python.</summary>
public sealed class ProxyReports
{
    // dotnet/runtime#131293, kubernetes/kubernetes#23003, kubernetes-client/python#1578
    [Theory]
    [InlineData("10.0.0.0/8", "https://10.96.0.1", true)]
    [InlineData("10.0.0.0/8", "https://11.96.0.1", false)]
    [InlineData("10.0.0.0/8", "https://ten.example", false)]
    [InlineData("127.0.0.1", "http://127.0.0.1:9292", true)]
    [InlineData("fd00::/8", "https://[fd00::1]:6443", true)]
    [InlineData("[fd00::1]", "https://[fd00::1]:6443", true)]
    [InlineData("cloud.example:8443", "https://cloud.example:8443", true)]
    [InlineData("cloud.example:8443", "https://cloud.example:443", false)]
    [InlineData("example.com", "https://example.com", true)]
    [InlineData("example.com", "https://keystone.example.com", true)]
    [InlineData("example.com", "https://notexample.com", false)]
    [InlineData(".example.com", "https://keystone.example.com", true)]
    [InlineData("*.example.com", "https://keystone.example.com", true)]
    [InlineData("a.example, 10.0.0.0/8 ,b.example", "https://b.example", true)]
    [InlineData("*", "https://anything.example", true)]
    [InlineData("", "https://anything.example", false)]
    public void Listed_hosts_are_reached_without_the_proxy(string list, string url, bool directly)
    {
        var proxy = new EnvironmentProxy(new WebProxy("http://proxy:3128"), new NoProxy(list));
        Assert.Equal(directly ? null : "http://proxy:3128/", proxy.GetProxy(new Uri(url))?.AbsoluteUri);
        Assert.Equal(directly, proxy.IsBypassed(new Uri(url)));
    }

    // curl/curl#9822, nodejs/undici#5637
    [Theory]
    [InlineData("example.com.", "https://example.com")]
    [InlineData("example.com.", "https://keystone.example.com")]
    [InlineData(".example.com.", "https://keystone.example.com:5000")]
    [InlineData("example.com", "https://keystone.example.com.")]
    [InlineData(".svc.cluster.local", "https://kubernetes.default.svc.cluster.local.:6443")]
    public void A_trailing_dot_does_not_change_a_host_name(string list, string url) =>
        Assert.True(new NoProxy(list).Matches(new Uri(url)));
}
