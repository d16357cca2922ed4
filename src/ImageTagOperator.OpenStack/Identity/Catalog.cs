namespace ImageTagOperator.OpenStack;

/// <summary>Finds the Image API in a Keystone catalog.</summary>
internal static class Catalog
{
    /// <summary>The Image API's address, ending in <c>/v2</c>.</summary>
    /// <exception cref="CloudException">EndpointNotFound, saying which regions and interfaces there are.</exception>
    public static Uri ImageEndpoint(CloudConfiguration cloud, IReadOnlyList<CatalogService> catalog)
    {
        if (cloud.ImageEndpointOverride is { } known) return Normalise(known.AbsoluteUri);
        var endpoints = catalog.Where(service => service.Type == "image").SelectMany(service => service.Endpoints ?? []).ToArray();
        var match = endpoints.FirstOrDefault(e => e.Interface == cloud.Interface && InRegion(e, cloud.RegionName));
        return match is not null ? Normalise(match.Url) : throw new CloudException(CloudErrorKind.EndpointNotFound, WhyNone(cloud, endpoints));
    }

    /// <summary>Catalogs list the address with and without a version and a trailing slash; all mean the same API.</summary>
    internal static Uri Normalise(string url)
    {
        var text = new UriBuilder(url) { Query = "", Fragment = "" }.Uri.AbsoluteUri.TrimEnd('/');
        var last = text[(text.LastIndexOf('/') + 1)..];
        if (last is "v1" or "v2" || last.StartsWith("v2.", StringComparison.Ordinal)) text = text[..text.LastIndexOf('/')];
        return new Uri(text.TrimEnd('/') + "/v2");
    }

    private static bool InRegion(CatalogEndpoint endpoint, string? region) => region is null || endpoint.RegionId == region || endpoint.Region == region;

    private static string WhyNone(CloudConfiguration cloud, CatalogEndpoint[] endpoints)
    {
        if (endpoints.Length == 0)
        {
            return $"{cloud}: the catalog that came with the token has no service of type 'image'. "
                + "Give the credentials a project scope, or set image_endpoint_override.";
        }

        var there = endpoints.Select(e => $"{e.RegionId ?? e.Region}/{e.Interface}").Distinct().Order(StringComparer.Ordinal);
        return $"{cloud}: the catalog has no image endpoint for region '{cloud.RegionName ?? "any"}' and interface '{cloud.Interface}'; "
            + $"it has {string.Join(", ", there)}. Correct region_name or interface.";
    }
}
