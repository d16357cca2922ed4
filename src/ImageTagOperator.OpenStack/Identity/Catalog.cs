using ImageTagOperator.OpenStack.Configuration;

namespace ImageTagOperator.OpenStack.Identity;

/// <summary>Finds the Image API in a Keystone catalog.</summary>
internal static class Catalog
{
    private const int MaxListed = 20;
    private const int MaxNameLength = 60;

    /// <summary>The address of the Image API, ending in <c>/v2</c>.</summary>
    /// <exception cref="CloudException">EndpointNotFound; the message lists the regions and interfaces of the catalog.</exception>
    public static Uri ImageEndpoint(CloudConfiguration cloud, IReadOnlyList<CatalogService> catalog)
    {
        if (cloud.ImageEndpointOverride is { } known) return Normalise(known.AbsoluteUri);
        var endpoints = catalog.Where(service => service?.Type == "image").SelectMany(service => service.Endpoints ?? [])
            .OfType<CatalogEndpoint>().ToArray();
        var matches = endpoints.Where(e => e.Interface == cloud.Interface && InRegion(e, cloud.RegionName)).Select(e => Address(cloud, e))
            .Distinct().ToArray();
        return matches is [var one] ? one : throw new CloudException(CloudErrorKind.EndpointNotFound, matches is []
            ? WhyNone(cloud, endpoints) : WhyMany(cloud, endpoints));
    }

    /// <summary>Identifies the cloud independently of the address: its Keystone, the ID of the image service in the catalog, and the
    /// region. An address that the catalog does not list identifies only itself, because a <c>clouds.yaml</c> can contain any
    /// address.</summary>
    public static string CloudIdentity(CloudConfiguration cloud, IReadOnlyList<CatalogService> catalog, Uri endpoint)
    {
        var found = catalog.Where(service => service is { Type: "image", Id: not null })
            .SelectMany(service => (service.Endpoints ?? []).OfType<CatalogEndpoint>()
                .Select(one => (service.Id, Region: one.RegionId ?? one.Region, one.Url)))
            .Where(one => IsAddress(one.Url) && Normalise(one.Url!) == endpoint)
            .Where(one => cloud.RegionName is null || one.Region == cloud.RegionName || cloud.ImageEndpointOverride is not null)
            .Order()
            .ToArray();
        return found is [var first, ..] ? $"{Keystone(cloud.AuthUrl)} {first.Id} {first.Region}" : endpoint.AbsoluteUri;
    }

    /// <summary>Whether <see cref="CloudIdentity"/> can have this value, whatever the catalog contains.</summary>
    public static bool CanBeIdentity(CloudConfiguration cloud, string named) => named.Contains(' ')
        ? named.StartsWith(Keystone(cloud.AuthUrl) + " ", StringComparison.Ordinal)
        : cloud.ImageEndpointOverride is not { } known || Normalise(known.AbsoluteUri).AbsoluteUri == named;

    private static string Keystone(Uri authUrl) =>
        new UriBuilder(authUrl) { UserName = "", Password = "", Query = "", Fragment = "" }.Uri.AbsoluteUri.TrimEnd('/');

    /// <summary>Catalogs list the address with or without a version and a trailing slash; all mean the same API.</summary>
    internal static Uri Normalise(string url)
    {
        // The part before the '@' is a secret, and the status shows the address to more people. No request sends it.
        var address = new UriBuilder(url) { Query = "", Fragment = "", UserName = "", Password = "" };
        var path = address.Path.TrimEnd('/');
        var last = path[(path.LastIndexOf('/') + 1)..];
        if (last is "v1" or "v2" || last.StartsWith("v2.", StringComparison.Ordinal)) path = path[..^last.Length];
        address.Path = path.TrimEnd('/') + "/v2";
        return address.Uri;
    }

    private static bool IsAddress(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https";

    private static Uri Address(CloudConfiguration cloud, CatalogEndpoint endpoint) =>
        IsAddress(endpoint.Url)
            ? Normalise(endpoint.Url!)
            : throw new CloudException(
                CloudErrorKind.EndpointNotFound,
                $"{cloud}: the catalog's image endpoint for {Name(endpoint)} is no http or https URL. "
                + "Correct the catalog, or set image_endpoint_override in clouds.yaml.");

    private static bool InRegion(CatalogEndpoint endpoint, string? region) => region is null || endpoint.RegionId == region
        || endpoint.Region == region;

    private static string WhyNone(CloudConfiguration cloud, CatalogEndpoint[] endpoints)
    {
        if (endpoints.Length == 0)
        {
            return $"{cloud}: the catalog that came with the token has no service of type 'image'. "
                + "Give the credentials a project scope, or set image_endpoint_override.";
        }

        return $"{cloud}: the catalog has no image endpoint for region '{cloud.RegionName ?? "any"}' and interface '{cloud.Interface}'; "
            + $"it has {Listed(endpoints)}. Correct region_name or interface.";
    }

    /// <summary>The order in the catalog can change with each token, so the first one is not a choice.</summary>
    private static string WhyMany(CloudConfiguration cloud, CatalogEndpoint[] endpoints) =>
        $"{cloud}: the catalog has several image endpoints that fit: {Listed(endpoints)}. Set region_name.";

    private static string Listed(CatalogEndpoint[] endpoints)
    {
        var names = endpoints.Select(Name).Distinct().Order(StringComparer.Ordinal).ToArray();
        return string.Join(", ", names.Take(MaxListed)) + (names.Length > MaxListed ? ", ..." : "");
    }

    private static string Name(CatalogEndpoint endpoint) => $"{Short(endpoint.RegionId ?? endpoint.Region)}/{Short(endpoint.Interface)}";

    private static string? Short(string? name) => name is { Length: > MaxNameLength } ? name[..MaxNameLength] + "..." : name;
}
