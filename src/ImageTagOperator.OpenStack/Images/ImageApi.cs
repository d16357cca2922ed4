using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Identity;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>The Image API v2, a method per call, with a token of ours.</summary>
internal sealed class ImageApi(CloudConfiguration cloud, CloudHttp http, Keystone keystone, CloudLimits limits, TimeProvider time)
{
    private const int PageSize = 1000;      // the most that Glance gives
    private const int Restarts = 3;

    /// <summary>Of one image. Glance allows 128 properties by default, of 64 kB each; none that has them is useful to anybody.</summary>
    private const int LongestImage = 1 << 20;

    /// <summary>Members of all images of one page: a thousand with 128 properties and some thirty others.</summary>
    private const int MostMembers = 200_000;

    private static readonly TimeSpan MostSkew = TimeSpan.FromDays(1);

    private volatile bool hasAnswered;

    /// <summary>How far the cloud's clock is ahead of ours, as of its last answer; zero as long as it does not tell.</summary>
    public TimeSpan ClockSkew { get; private set; }

    /// <summary>"Show image"; null when the cloud knows no such image or does not show it to us.</summary>
    /// <param name="isUrgent">Goes before what else waits to be sent.</param>
    /// <exception cref="CloudException"/>
    public async Task<Image?> GetAsync(string imageId, CancellationToken cancellationToken, bool isUrgent = false)
    {
        var response = await ReadAsync($"/v2/images/{Uri.EscapeDataString(imageId)}", cancellationToken, isUrgent);
        // Only the Image API's own 404 says anything about the image: proxies say 404 too, as a page, while what they stand for is away.
        if (response is { Status: 404, IsJson: true }) return null;
        if (response.Status == 404) throw Judged(
            new(CloudErrorKind.Transient, $"{response.Describe()}. This is not how an Image API says it.") { IsUnexpectedContent = true });
        if (response.Body.Length > LongestImage) throw response.TooLarge($"an image longer than {LongestImage >> 20} MiB");
        try
        {
            return Checked(response, Content(response, CloudJson.Default.Image));
        }
        catch (CloudException e)
        {
            throw Judged(e);
        }
    }

    /// <summary>"List images": all pages. What of them cannot be read is left out and named; where nothing can be, it is no list. An image
    /// that is deleted meanwhile may be the marker of the next page; the list then starts over.</summary>
    /// <param name="filters">A query without <c>limit</c> and <c>marker</c>, encoded.</param>
    /// <param name="isUrgent">Goes before what else waits to be sent.</param>
    /// <exception cref="CloudException"/>
    public async Task<ImageList> ListAsync(string filters, CancellationToken cancellationToken, bool isUrgent = false)
    {
        using var deadline = new CancellationTokenSource(limits.ListDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            for (var restarts = 0; ; restarts++)
            {
                if (await ListOnceAsync(filters, isLast: restarts == Restarts, isUrgent, either.Token) is { } images) return images;
            }
        }
        catch (CloudException e)
        {
            throw Judged(e);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CloudException(CloudErrorKind.Transient,
                $"{cloud}: a list of its images takes longer than {limits.ListDeadline.TotalMinutes:0} minutes.", inner: e);
        }
    }

    /// <summary>"List images": the first few; null for what cannot be read.</summary>
    /// <exception cref="CloudException"/>
    public async Task<IReadOnlyList<Image?>> SomeAsync(CancellationToken cancellationToken)
    {
        var response = await ReadAsync("/v2/images?limit=20", cancellationToken);
        var page = Content(response, CloudJson.Default.ImagePage);
        return [.. (page.Images ?? throw response.Unreadable("no images")).Select(
            item => ImageCheck.Problem(item.Image) is null ? item.Image : null)];
    }

    /// <summary>Sends with our token; a 401 leads to one fresh login and one more try, which is safe for writes too: a 401 does no
    /// work.</summary>
    /// <param name="path">From the version on (<c>/v2/images</c>), encoded.</param>
    /// <exception cref="CloudException">No token could be had.</exception>
    /// <exception cref="CloudCallException">No whole answer came.</exception>
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

    /// <summary>Null when the marker of a page was gone and there may be another try.</summary>
    private async Task<ImageList?> ListOnceAsync(string filters, bool isLast, bool isUrgent, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Image>(StringComparer.OrdinalIgnoreCase);    // pages may overlap while images come and go
        var odd = new SortedSet<string>(StringComparer.Ordinal);
        string? marker = null;
        var bytes = 0L;
        using var room = http.NewRoom();
        do
        {
            // Not by the page's own link to the next: Glance drops repeated filters from it.
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
            if (Members(response.Body) > MostMembers) throw response.TooLarge($"a page with more than {MostMembers} members of images");
            var page = Content(response, CloudJson.Default.ImagePage);
            if (page.Images is null) throw response.Unreadable("no images");
            var before = found.Count + odd.Count;
            foreach (var (image, id) in page.Images)
            {
                if (ImageCheck.Problem(image) is not null)
                {
                    odd.Add(Guid.TryParseExact(id, "D", out _) ? id! : "without an id");
                    continue;
                }

                room.Add(ListMemory.SizeOf(image!));
                found[image!.Id] = Canonical(image);
            }

            // A list that is cut short would be a list without the images that follow, so none of these is a list at all.
            var first = page.Images is [] ? null : page.Images[0].Image;
            if (found.Count == 0 && odd.Count > 0) throw response.Unreadable(ImageCheck.Problem(first)!);
            if (found.Count + odd.Count == before && page.Images.Count > 0) throw response.Unreadable("a page repeats the ones before");
            if (found.Count > limits.MaxImages) throw response.TooLarge($"more than {limits.MaxImages} images");
            var isLastPage = page.Next is null || page.Images is [];
            marker = isLastPage ? null : page.Images[^1].Id ?? throw response.Unreadable("the last image of a page has no id");
        }
        while (marker is not null);
        return new ImageList([.. found.Values], [.. odd]);
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

    /// <summary>Without the version, which each path begins with.</summary>
    private string Address(Token token) => Catalog.ImageEndpoint(cloud, token.Catalog).AbsoluteUri[..^"/v2".Length];

    /// <summary>A clock that is further off is none.</summary>
    private static TimeSpan Skew(TimeSpan ahead) => ahead.Duration() < MostSkew ? ahead : TimeSpan.Zero;

    /// <summary>What the parser takes for an image is not always one.</summary>
    private Image Checked(CloudResponse response, Image? image) =>
        ImageCheck.Problem(image) is { } problem ? throw response.Unreadable(problem) : Canonical(image!);

    private Image Canonical(Image image) =>
        cloud.Profile == CloudProfile.IMS ? image with { Tags = [.. image.Tags.Select(ImsTag.Canonical).Distinct(StringComparer.Ordinal)] }
            : image;

    /// <summary>The names in a text that is JSON: each takes far more memory than its few bytes. Of a short text there are few.</summary>
    private static int Members(ReadOnlySpan<byte> json)
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
            return 0;       // whoever reads it says so
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

    /// <summary>What never answered as an Image API is none: a person has to correct the address. What did may be away for a
    /// while.</summary>
    private CloudException Judged(CloudException error) => !error.IsUnexpectedContent || hasAnswered ? error : new(
        CloudErrorKind.EndpointNotFound,
        $"{error.Message.TrimEnd('.')}. There may be no Image API v2 at this address: correct image_endpoint_override, or the catalog's "
            + "endpoint for 'image'.",
        error.RetryAfter,
        error);

    /// <summary>A Glance that cannot reach Keystone says 401 too, so a 401 for a token of a moment ago does not prove anything about
    /// us.</summary>
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
