using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Identity;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>A client of the Image API v2. It adds the token to each request.</summary>
internal sealed class ImageApi(CloudConfiguration cloud, CloudHttp http, Keystone keystone, CloudLimits limits, TimeProvider time)
{
    private const int PageSize = 1000;      // the maximum of Glance
    private const int Restarts = 3;

    /// <summary>The maximum size of one image in bytes. Glance allows 128 properties of 64 kB each by default; real images are far
    /// smaller.</summary>
    private const int MaxImageBytes = 1 << 20;

    /// <summary>The maximum number of JSON members in one page: 1,000 images with 128 properties and about 30 other fields.</summary>
    private const int MaxMembers = 200_000;

    private static readonly TimeSpan MaxSkew = TimeSpan.FromDays(1);

    private volatile bool hasAnswered;

    /// <summary>How far the cloud's clock is ahead of ours, from the <c>Date</c> header of the last response; zero when there is
    /// none.</summary>
    public TimeSpan ClockSkew { get; private set; }

    /// <summary>"Show image"; null when the image does not exist or is not visible to the credentials.</summary>
    /// <param name="isUrgent">Send the request before other waiting requests.</param>
    /// <exception cref="CloudException">The login or the request failed.</exception>
    public async Task<Image?> GetAsync(string imageId, CancellationToken cancellationToken, bool isUrgent = false)
    {
        var response = await ReadAsync($"/v2/images/{Uri.EscapeDataString(imageId)}", cancellationToken, isUrgent);
        // Only a JSON 404 comes from the Image API. A proxy answers 404 with an HTML page while its backend is down.
        if (response is { Status: 404, IsJson: true }) return null;
        if (response.Status == 404) throw Classified(
            new(CloudErrorKind.Transient, $"{response.Describe()}. This is not how an Image API says it.") { IsUnexpectedContent = true });
        if (response.Body.Length > MaxImageBytes) throw response.TooLarge($"an image longer than {MaxImageBytes >> 20} MiB");
        try
        {
            return Checked(response, Content(response, CloudJson.Default.Image));
        }
        catch (CloudException e)
        {
            throw Classified(e);
        }
    }

    /// <summary>"List images": all pages. Entries that cannot be parsed are left out and their ids are returned; a list without any valid
    /// entry is an error. When the marker image of a page was deleted, the list starts again.</summary>
    /// <param name="filters">A query without <c>limit</c> and <c>marker</c>, encoded.</param>
    /// <param name="isUrgent">Send the requests before other waiting requests.</param>
    /// <param name="withProperties">False: leave the properties of the images out. They take most of the memory.</param>
    /// <exception cref="CloudException">The login or a request failed, or the list exceeds a limit.</exception>
    public async Task<ImageList> ListAsync(
        string filters, CancellationToken cancellationToken, bool isUrgent = false, bool withProperties = true)
    {
        using var deadline = new CancellationTokenSource(limits.ListDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            for (var restarts = 0; ; restarts++)
            {
                if (await ListOnceAsync(
                    filters, isLast: restarts == Restarts, isUrgent, withProperties, either.Token) is { } images) return images;
            }
        }
        catch (CloudException e)
        {
            throw Classified(e);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CloudException(CloudErrorKind.Transient,
                $"{cloud}: a list of its images takes longer than {limits.ListDeadline.TotalMinutes:0} minutes.", inner: e);
        }
    }

    /// <summary>"List images": the first 20; null for an entry that cannot be parsed.</summary>
    /// <exception cref="CloudException"/>
    public async Task<IReadOnlyList<Image?>> SomeAsync(CancellationToken cancellationToken)
    {
        var response = await ReadAsync("/v2/images?limit=20", cancellationToken);
        var page = Content(response, CloudJson.Default.ImagePage);
        return [.. (page.Images ?? throw response.Unreadable("no images")).Select(
            item => ImageCheck.Problem(item.Image) is null ? item.Image : null)];
    }

    /// <summary>Sends a request with the token. After a 401 it logs in again and retries once. This is safe for writes too, because a
    /// request with status 401 was not executed.</summary>
    /// <param name="path">The encoded path, with the version (<c>/v2/images</c>).</param>
    /// <exception cref="CloudException">The login failed.</exception>
    /// <exception cref="CloudCallException">There was no complete response.</exception>
    public async Task<CloudResponse> SendAsync(
        HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken, bool isUrgent = false)
    {
        var token = await keystone.GetTokenAsync(cancellationToken);
        var response = await SendOnceAsync(method, path, json, token, isUrgent, cancellationToken);
        if (response.Status != 401) return response;
        keystone.Discard(token);
        token = await keystone.GetTokenAsync(cancellationToken);
        return await SendOnceAsync(method, path, json, token, isUrgent, cancellationToken);
    }

    /// <summary>Reads all pages once; null when the marker image of a page was deleted and the list can start again.</summary>
    private async Task<ImageList?> ListOnceAsync(
        string filters, bool isLast, bool isUrgent, bool withProperties, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Image>(StringComparer.OrdinalIgnoreCase);    // pages can overlap
        var unreadable = new SortedSet<string>(StringComparer.Ordinal);
        string? marker = null;
        var bytes = 0L;
        using var memory = http.NewReservation();
        do
        {
            // The page's own <c>next</c> link is not used: Glance drops repeated filters from it.
            var response = await ReadAsync(
                $"/v2/images?{filters}&limit={PageSize}" + (marker is null ? "" : $"&marker={marker}"), cancellationToken, isUrgent);
            if (marker is not null && response.Status is 400 or 403 or 404 && !isLast) return null;
            if (response.Status == 404)
            {
                throw new CloudException(CloudErrorKind.EndpointNotFound,
                    $"{response.Describe()}: there is no Image API v2 at this address. Correct image_endpoint_override, or the catalog's "
                        + "endpoint for 'image'.");
            }

            bytes += response.Body.Length;
            if (bytes > limits.MaxListBytes) throw response.TooLarge($"a list longer than {limits.MaxListBytes >> 20} MiB");
            if (CountMembers(response.Body) > MaxMembers) throw response.TooLarge($"a page with more than {MaxMembers} members of images");
            var page = Content(response, CloudJson.Default.ImagePage);
            if (page.Images is null) throw response.Unreadable("no images");
            var before = found.Count + unreadable.Count;
            foreach (var (image, id) in page.Images)
            {
                if (ImageCheck.Problem(image) is not null)
                {
                    unreadable.Add(Guid.TryParseExact(id, "D", out _) ? id! : "without an id");
                    continue;
                }

                var kept = withProperties ? image! : ImageQueries.WithoutProperties(image!);
                memory.Add(ListMemory.SizeOf(kept));
                found[kept.Id] = Canonical(kept);
            }

            // A truncated list must not look like a list with fewer images, so each of these is an error.
            var first = page.Images is [] ? null : page.Images[0].Image;
            if (found.Count == 0 && unreadable.Count > 0) throw response.Unreadable(ImageCheck.Problem(first)!);
            var isRepeated = found.Count + unreadable.Count == before && page.Images.Count > 0;
            if (isRepeated) throw response.Unreadable("a page repeats the ones before");
            if (found.Count > limits.MaxImages) throw response.TooLarge($"more than {limits.MaxImages} images");
            var isLastPage = page.Next is null || page.Images is [];
            marker = isLastPage ? null : page.Images[^1].Id ?? throw response.Unreadable("the last image of a page has no id");
        }
        while (marker is not null);
        return new ImageList([.. found.Values], [.. unreadable]);
    }

    private async Task<CloudResponse> ReadAsync(string pathAndQuery, CancellationToken cancellationToken, bool isUrgent = false)
    {
        try
        {
            var response = await SendAsync(HttpMethod.Get, pathAndQuery, json: null, cancellationToken, isUrgent);
            return response.Status != 401 ? response : throw TokenRefused(response);
        }
        catch (CloudCallException e)
        {
            throw new CloudException(
                e.Kind == CloudErrorKind.AuthUrlWrong ? CloudErrorKind.EndpointNotFound : e.Kind, e.Message, e.RetryAfter, e);
        }
    }

    private async Task<CloudResponse> SendOnceAsync(
        HttpMethod method, string path, byte[]? json, Token token, bool isUrgent, CancellationToken cancellationToken)
    {
        var response = await http.SendAsync(method, Address(token) + path, token.Id, json, cancellationToken, isUrgent);
        if (response.Date is { } date) ClockSkew = Skew(date - time.GetUtcNow());
        return response;
    }

    /// <summary>The endpoint without the version, because each path starts with it.</summary>
    private string Address(Token token) => Catalog.ImageEndpoint(cloud, token.Catalog).AbsoluteUri[..^"/v2".Length];

    /// <summary>Ignores a skew of a day or more.</summary>
    private static TimeSpan Skew(TimeSpan ahead) => ahead.Duration() < MaxSkew ? ahead : TimeSpan.Zero;

    /// <summary>Checks an image that the parser accepted.</summary>
    private Image Checked(CloudResponse response, Image? image) =>
        ImageCheck.Problem(image) is { } problem ? throw response.Unreadable(problem) : Canonical(image!);

    private Image Canonical(Image image) =>
        cloud.Profile == CloudProfile.IMS ? image with { Tags = [.. image.Tags.Select(ImsTag.Canonical).Distinct(StringComparer.Ordinal)] }
            : image;

    /// <summary>The number of property names in a JSON text: a parsed property needs far more memory than its text. Zero for a short
    /// text.</summary>
    private static int CountMembers(ReadOnlySpan<byte> json)
    {
        if (json.Length <= BoundedBody.Small) return 0;
        var reader = new Utf8JsonReader(json);
        var names = 0;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName) names++;
            }
        }
        catch (JsonException)
        {
            return 0;       // the parser reports it
        }

        return names;
    }

    private T Content<T>(CloudResponse response, JsonTypeInfo<T> type)
    {
        if (!response.IsSuccess) throw response.ToException();
        var content = response.Read(type);
        hasAnswered = true;
        return content;
    }

    /// <summary>Unexpected content from a server that never answered as an Image API means a wrong endpoint, which a person must correct.
    /// Otherwise the error is transient.</summary>
    private CloudException Classified(CloudException error) => !error.IsUnexpectedContent || hasAnswered ? error : new(
        CloudErrorKind.EndpointNotFound,
        $"{error.Message.TrimEnd('.')}. There may be no Image API v2 at this address: correct image_endpoint_override, or the catalog's "
            + "endpoint for 'image'.",
        error.RetryAfter,
        error);

    /// <summary>The error of a 401 with a new token. Glance also answers 401 when it cannot reach Keystone, so the credentials can be
    /// valid.</summary>
    private CloudException TokenRefused(CloudResponse response) => cloud.Credential is ApplicationCredential
        ? new(
            CloudErrorKind.AccessRulesForbid,
            $"{response.Describe()}. The token is fresh: {cloud.Credential.Description} probably has access rules without the service "
                + "'image'. "
            + "Make one without access rules, or with GET /v2/images, GET /v2/images/*, and PUT and DELETE /v2/images/*/tags/*.")
        : new(
            CloudErrorKind.Transient,
            $"{response.Describe()}. The token is fresh; the Image API of {cloud} may be unable to reach Keystone.");
}
