namespace ImageTagOperator.OpenStack;

/// <summary>One cloud as one set of credentials sees it. It can read images and write their tags; it has no way to do anything else.
/// Safe for concurrent use.</summary>
public sealed class CloudSession : IDisposable
{
    private const int PageSize = 1000;      // the most that Glance gives

    private readonly CloudConfiguration cloud;
    private readonly CloudHttp http;
    private readonly Keystone keystone;
    private readonly ImageGates gates;
    private readonly TimeProvider time;

    /// <exception cref="InvalidCloudsYamlException">The CA certificates are no PEM.</exception>
    public CloudSession(CloudConfiguration cloud, ImageGates gates, TimeProvider time)
        : this(cloud, gates, time, deadline: null, mayWrite: null)
    {
    }

    internal CloudSession(CloudConfiguration cloud, ImageGates gates, TimeProvider time, TimeSpan? deadline = null, Func<bool>? mayWrite = null)
    {
        this.cloud = cloud;
        this.gates = gates;
        this.time = time;
        http = new CloudHttp(cloud, deadline, mayWrite);
        keystone = new Keystone(cloud, http, time);
    }

    public CloudConfiguration Cloud => cloud;

    /// <summary>The Image API's address, ending in <c>/v2</c>. Asks Keystone for a token when there is none.</summary>
    /// <exception cref="CloudException"/>
    public async Task<Uri> GetImageEndpointAsync(CancellationToken cancellationToken) =>
        Catalog.ImageEndpoint(cloud, (await keystone.GetTokenAsync(cancellationToken)).Catalog);

    /// <summary>The right to write to one image.</summary>
    public ImageGate Gate(string imageId) => gates.For(imageId);

    /// <summary>"Show image"; null when the cloud knows no such image or does not show it to us.</summary>
    /// <exception cref="CloudException"/>
    public async Task<Image?> GetImageAsync(string imageId, CancellationToken cancellationToken)
    {
        var response = await ReadAsync($"/images/{Uri.EscapeDataString(imageId)}", cancellationToken);
        // Only the Image API's own 404 says anything about the image: proxies say 404 too, as a page, while what they stand for is away.
        if (response is { Status: 404, IsJson: true }) return null;
        if (response.Status == 404) throw new CloudException(CloudErrorKind.Transient, $"{response.Describe()}. This is not how an Image API says it.");
        return response.IsSuccess ? response.Read(CloudJson.Default.Image) : throw response.ToException();
    }

    /// <summary>All images of exactly this name that the default list shows (public, ours, shared with us; none that is hidden).
    /// Clouds fold case in the filter, so names are compared again here.</summary>
    /// <exception cref="CloudException"/>
    public async Task<IReadOnlyList<Image>> FindImagesAsync(string name, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Image>(StringComparer.OrdinalIgnoreCase);
        string? marker = null;
        do
        {
            var page = await ListAsync(name, marker, cancellationToken);
            foreach (var image in page.Images.Where(image => image.Name == name)) found[image.Id] = image;
            marker = page.Next is null || page.Images is [] ? null : page.Images[^1].Id;
        }
        while (marker is not null);
        return [.. found.Values];
    }

    /// <summary>PUT /v2/images/{id}/tags/{tag}. The caller holds the image's <see cref="ImageGate"/>.</summary>
    /// <exception cref="CloudException">No token could be had, so nothing was sent.</exception>
    public Task<TagWriteOutcome> AddTagAsync(string imageId, string tag, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Put, imageId, tag, cancellationToken);

    /// <summary>DELETE /v2/images/{id}/tags/{tag}. The caller holds the image's <see cref="ImageGate"/>.</summary>
    /// <exception cref="CloudException">No token could be had, so nothing was sent.</exception>
    public Task<TagWriteOutcome> RemoveTagAsync(string imageId, string tag, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Delete, imageId, tag, cancellationToken);

    public void Dispose() => http.Dispose();

    private async Task<ImagePage> ListAsync(string name, string? marker, CancellationToken cancellationToken)
    {
        // A colon would make Glance take the part before it for an operator such as in: or gte:. What follows eq: is taken as it is,
        // where in: keeps the backslashes that its quotes call for.
        var filter = name.Contains(':') ? "eq:" + name : name;
        var query = $"?name={Uri.EscapeDataString(filter)}&limit={PageSize}" + (marker is null ? "" : $"&marker={marker}");
        var response = await ReadAsync("/images" + query, cancellationToken);
        if (response.Status == 404)
        {
            throw new CloudException(CloudErrorKind.EndpointNotFound,
                $"{response.Describe()}: there is no Image API v2 at this address. Correct image_endpoint_override, or the catalog's endpoint for 'image'.");
        }

        return response.IsSuccess ? response.Read(CloudJson.Default.ImagePage) : throw response.ToException();
    }

    private async Task<CloudResponse> ReadAsync(string pathAndQuery, CancellationToken cancellationToken)
    {
        try
        {
            var response = await SendAsync(HttpMethod.Get, pathAndQuery, cancellationToken);
            return response.Status != 401 ? response : throw TokenRefused(response);
        }
        catch (CloudCallException e)
        {
            throw new CloudException(CloudErrorKind.Transient, e.Message, inner: e);
        }
    }

    private async Task<TagWriteOutcome> WriteAsync(HttpMethod method, string imageId, string tag, CancellationToken cancellationToken)
    {
        if (ImageTag.WhyNotAddressable(tag) is { } why) throw new ArgumentException($"Tag '{tag}' {why}.", nameof(tag));
        var gate = Gate(imageId);
        try
        {
            // From here on the write may happen whatever we get to hear of it.
            gate.Written();
            var response = await SendAsync(method, $"/images/{imageId}/tags/{Uri.EscapeDataString(tag)}", cancellationToken);
            if (Result(response) == TagWriteResult.Uncertain) gate.MarkUncertain(time);
            return new TagWriteOutcome(Result(response), response.IsSuccess ? "" : response.Describe(), response.RetryAfter);
        }
        catch (CloudCallException e)
        {
            if (e.WasSent) gate.MarkUncertain(time);
            return new TagWriteOutcome(e.WasSent ? TagWriteResult.Uncertain : TagWriteResult.NotSent, e.Message);
        }
        catch (OperationCanceledException)
        {
            gate.MarkUncertain(time);
            throw;
        }
        finally
        {
            gate.Written();
        }
    }

    private static TagWriteResult Result(CloudResponse response) => response.Status switch
    {
        >= 200 and < 300 => TagWriteResult.Done,
        401 or 429 or 503 => TagWriteResult.NotSent,
        403 => TagWriteResult.Forbidden,
        404 => TagWriteResult.NotFound,
        408 or 502 or 504 => TagWriteResult.Uncertain,
        409 => TagWriteResult.ServerError,
        413 => TagWriteResult.QuotaExceeded,
        >= 400 and < 500 => TagWriteResult.Rejected,
        _ => TagWriteResult.ServerError,
    };

    /// <summary>Sends with our token; a 401 leads to one fresh login and one more try, which is safe for writes too: a 401 does no work.</summary>
    private async Task<CloudResponse> SendAsync(HttpMethod method, string pathAndQuery, CancellationToken cancellationToken)
    {
        var token = await keystone.GetTokenAsync(cancellationToken);
        var response = await SendOnceAsync(method, pathAndQuery, token, cancellationToken);
        if (response.Status != 401) return response;
        keystone.Discard(token);
        token = await keystone.GetTokenAsync(cancellationToken);
        return await SendOnceAsync(method, pathAndQuery, token, cancellationToken);
    }

    private Task<CloudResponse> SendOnceAsync(HttpMethod method, string pathAndQuery, Token token, CancellationToken cancellationToken) =>
        http.SendAsync(method, Catalog.ImageEndpoint(cloud, token.Catalog).AbsoluteUri + pathAndQuery, token.Id, json: null, cancellationToken);

    /// <summary>A Glance that cannot reach Keystone says 401 too, so a 401 for a token of a moment ago does not prove anything about us.</summary>
    private CloudException TokenRefused(CloudResponse response) => new(
        CloudErrorKind.Transient,
        $"{response.Describe()}. The token is fresh; the Image API of {cloud} may be unable to reach Keystone.");
}
