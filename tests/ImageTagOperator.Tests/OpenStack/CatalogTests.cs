using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Identity;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

public sealed class CatalogTests
{
    private static readonly CloudConfiguration Cloud = CloudsYaml.Parse(
        "clouds: {demo: {region_name: One, auth: {auth_url: http://k, username: demo, user_domain_id: d, password: s3cr3t}}}", "demo");

    [Theory]
    [InlineData("http://glance:9292", "http://glance:9292/v2")]
    [InlineData("http://glance:9292/", "http://glance:9292/v2")]
    [InlineData("http://glance:9292/v2", "http://glance:9292/v2")]
    [InlineData("http://glance:9292/v2/", "http://glance:9292/v2")]
    [InlineData("http://glance:9292//v2//", "http://glance:9292/v2")]
    [InlineData("http://glance:9292/v1", "http://glance:9292/v2")]
    [InlineData("http://glance:9292/v2.1", "http://glance:9292/v2")]
    [InlineData("https://cloud/image", "https://cloud/image/v2")]
    [InlineData("https://cloud/image/v2/", "https://cloud/image/v2")]
    [InlineData("https://cloud/image/?x=1#y", "https://cloud/image/v2")]
    [InlineData("https://v2.cloud.example", "https://v2.cloud.example/v2")]
    [InlineData("https://v2.cloud.example/v2", "https://v2.cloud.example/v2")]
    [InlineData("http://v2", "http://v2/v2")]
    public void Every_form_of_an_address_leads_to_v2(string given, string expected) =>
        Assert.Equal(expected, Catalog.Normalise(given).AbsoluteUri);

    [Fact]
    public void The_endpoint_is_that_of_the_region_and_interface()
    {
        IReadOnlyList<CatalogService> catalog =
        [
            new("identity", [new("public", "http://keystone", "One", "One")]),
            new("image", [new("internal", "http://inner", "One", "One"), new("public", "http://two", null, "Two"),
                new("public", "http://one", "One", null)]),
        ];
        Assert.Equal("http://one/v2", Catalog.ImageEndpoint(Cloud, catalog).AbsoluteUri);
        Assert.Equal(
            "http://inner/v2", Catalog.ImageEndpoint(Cloud with { RegionName = null, Interface = "internal" }, catalog).AbsoluteUri);
        Assert.Equal("http://inner/v2", Catalog.ImageEndpoint(Cloud with { Interface = "internal" }, catalog).AbsoluteUri);
        Assert.Equal(
            "http://mine/v2", Catalog.ImageEndpoint(Cloud with { ImageEndpointOverride = new Uri("http://mine/v2/") }, []).AbsoluteUri);
    }

    [Fact]
    public void A_region_is_required_when_there_are_several()
    {
        IReadOnlyList<CatalogService> catalog = [
            new("image", [new("public", "http://a", "One", "One"), new("public", "http://b", "Two", "Two")])];
        var error = Assert.Throws<CloudException>(() => Catalog.ImageEndpoint(Cloud with { RegionName = null }, catalog));
        Assert.Equal(CloudErrorKind.EndpointNotFound, error.Kind);
        Assert.Contains("One/public, Two/public. Set region_name", error.Message, StringComparison.Ordinal);
        // Two entries with the same address are not ambiguous.
        catalog = [new("image", [new("public", "http://a", "One", "One"), new("public", "http://a/v2/", "Two", "Two")])];
        Assert.Equal("http://a/v2", Catalog.ImageEndpoint(Cloud with { RegionName = null }, catalog).AbsoluteUri);
    }

    [Fact]
    public void A_missing_endpoint_lists_the_existing_ones()
    {
        IReadOnlyList<CatalogService> catalog = [
            new("image", [new("internal", "http://a", "One", "One"), new("public", "http://b", "Two", "Two")])];
        var error = Assert.Throws<CloudException>(() => Catalog.ImageEndpoint(Cloud, catalog));
        Assert.Equal(CloudErrorKind.EndpointNotFound, error.Kind);
        Assert.Contains("region 'One' and interface 'public'; it has One/internal, Two/public", error.Message, StringComparison.Ordinal);
        Assert.Contains("region_name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalog_without_images_asks_for_a_scope()
    {
        foreach (
            IReadOnlyList<CatalogService> catalog in new[] { Array.Empty<CatalogService>(), [new("image", null)], [new("volume", [])] })
        {
            var error = Assert.Throws<CloudException>(() => Catalog.ImageEndpoint(Cloud, catalog));
            Assert.Equal(CloudErrorKind.EndpointNotFound, error.Kind);
            Assert.Contains("project scope, or set image_endpoint_override", error.Message, StringComparison.Ordinal);
        }
    }
}
