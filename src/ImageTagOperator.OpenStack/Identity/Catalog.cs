namespace ImageTagOperator.OpenStack;

/// <summary>Finds the Image API in a Keystone catalog.</summary>
internal static class Catalog
{
    /// <summary>The Image API's address, ending in <c>/v2</c>.</summary>
    /// <exception cref="CloudException">EndpointNotFound, saying which regions and interfaces there are.</exception>
    public static Uri ImageEndpoint(CloudConfiguration cloud, IReadOnlyList<CatalogService> catalog)
    {
        if (cloud.ImageEndpointOverride is { } known) return Normalise(known.AbsoluteUri);
        var endpoints = catalog.Where(service => service?.Type == "image").SelectMany(service => service.Endpoints ?? []).Where(endpoint => endpoint is not null).ToArray();
        var wanted = endpoints.Where(e => e.Interface == cloud.Interface && InRegion(e, cloud.RegionName)).ToArray();
        var matches = wanted.Select(e => IsAddress(e.Url) ? Normalise(e.Url!) : throw WhyNoAddress(cloud, e)).Distinct().ToArray();
        return matches is [var one] ? one : throw new CloudException(CloudErrorKind.EndpointNotFound, matches is [] ? WhyNone(cloud, endpoints) : WhyMany(cloud, endpoints));
    }

    /// <summary>Catalogs list the address with and without a version and a trailing slash; all mean the same API.</summary>
    internal static Uri Normalise(string url)
    {
        var address = new UriBuilder(url) { Query = "", Fragment = "" };
        var path = address.Path.TrimEnd('/');
        var last = path[(path.LastIndexOf('/') + 1)..];
        if (last is "v1" or "v2" || last.StartsWith("v2.", StringComparison.Ordinal)) path = path[..^last.Length];
        address.Path = path.TrimEnd('/') + "/v2";
        return address.Uri;
    }

    private static bool IsAddress(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";

    private static CloudException WhyNoAddress(CloudConfiguration cloud, CatalogEndpoint endpoint) => new(
        CloudErrorKind.EndpointNotFound,
        $"{cloud}: the catalog gives '{endpoint.Url}' as the image endpoint of region '{endpoint.RegionId ?? endpoint.Region}', which is no http or https URL. "
        + "Correct the catalog, or set image_endpoint_override in clouds.yaml.");

    private static bool InRegion(CatalogEndpoint endpoint, string? region) => region is null || endpoint.RegionId == region || endpoint.Region == region;

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

    /// <summary>Which one comes first is the catalog's whim, and may be another one with the next token.</summary>
    private static string WhyMany(CloudConfiguration cloud, CatalogEndpoint[] endpoints) =>
        $"{cloud}: the catalog has several image endpoints that fit: {Listed(endpoints)}. Set region_name.";

    private static string Listed(CatalogEndpoint[] endpoints) =>
        string.Join(", ", endpoints.Select(e => $"{e.RegionId ?? e.Region}/{e.Interface}").Distinct().Order(StringComparer.Ordinal));
}
