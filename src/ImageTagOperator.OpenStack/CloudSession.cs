using System.Text.Json;
using ImageTagOperator.OpenStack.Answers;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Identity;
using ImageTagOperator.OpenStack.Images;

namespace ImageTagOperator.OpenStack;

/// <summary>One cloud as one set of credentials sees it. It can read images and write their tags; it has no way to do anything else.
/// Safe for concurrent use.</summary>
public sealed class CloudSession : IDisposable
{
    private readonly CloudConfiguration cloud;
    private readonly CloudHttp http;
    private readonly Keystone keystone;
    private readonly ImageApi api;
    private readonly ImageGates gates;
    private readonly TimeProvider time;
    private readonly WrittenImages written;
    private volatile KnownAccess? latest;

    internal CloudSession(CloudConfiguration cloud, string user, ImageGates gates, CloudHosts hosts, TimeProvider time)
    {
        this.cloud = cloud;
        this.gates = gates;
        this.time = time;
        http = new CloudHttp(cloud, user, hosts);
        keystone = new Keystone(cloud, http, time);
        api = new ImageApi(cloud, http, keystone, hosts.Limits, time);
        Room = http.NewRoom();
        Images = new ImageReader(api, gates, Room, hosts.Limits, time);
        written = new WrittenImages(api, Images, time);
    }

    public CloudConfiguration Cloud => cloud;

    /// <summary>Host and port of the servers that requests went to.</summary>
    internal IEnumerable<string> Servers => http.Used;

    /// <summary>What <see cref="Images"/> keeps. It does not hold the session.</summary>
    internal ListRoom Room { get; }

    /// <summary>Readings of images, shared by all who use this session.</summary>
    public ImageReader Images { get; }

    /// <summary>The Image API's address, ending in <c>/v2</c>. Asks Keystone for a token when there is none.</summary>
    /// <exception cref="CloudException"/>
    public async Task<Uri> GetImageEndpointAsync(CancellationToken cancellationToken) => (await GetAccessAsync(cancellationToken)).Endpoint;

    /// <summary>Which images the session reaches, and as whom. Asks Keystone for a token when there is none.</summary>
    /// <exception cref="CloudException"/>
    public async Task<CloudAccess> GetAccessAsync(CancellationToken cancellationToken)
    {
        var token = await keystone.GetTokenAsync(cancellationToken);
        if (latest is { } known && ReferenceEquals(known.Token, token)) return known.Access;
        var endpoint = Catalog.ImageEndpoint(cloud, token.Catalog);
        var access = new CloudAccess(endpoint, Catalog.CloudOf(cloud, token.Catalog, endpoint), token.ProjectId);
        latest = new KnownAccess(token, access);
        return access;
    }

    /// <summary>Whether the session can be one of this cloud at all, as far as that shows before its Keystone is asked.</summary>
    /// <param name="named"><see cref="CloudAccess.Cloud"/>.</param>
    public bool MayLeadTo(string named) => Catalog.MayBe(cloud, named);

    /// <summary>The right to write to one image. It is one for all who are proven to reach the same cloud.</summary>
    public ImageGate Gate(CloudAccess access, string imageId) => gates.For(access.Cloud, imageId);

    /// <summary>"Show image", now and by itself; null when the cloud knows no such image or does not show it to us.</summary>
    /// <param name="isUrgent">Others wait until this is done.</param>
    /// <exception cref="CloudException"/>
    public async Task<Image?> GetImageAsync(string imageId, CancellationToken cancellationToken, bool isUrgent = false)
    {
        var asOf = time.GetUtcNow();
        var image = await api.GetAsync(imageId, cancellationToken, isUrgent);
        if (image is not null) Images.Note(image, asOf);
        return image;
    }

    /// <summary>An image that was written to, as the cloud shows it now; null as for <see cref="GetImageAsync"/>. One request reads the
    /// images that are written at the same time.</summary>
    /// <param name="write">What <see cref="BeginWrite"/> gave.</param>
    /// <exception cref="CloudException"/>
    public Task<Image?> GetWrittenAsync(WrittenImage write, CancellationToken cancellationToken) =>
        written.ReadAsync(write, cancellationToken);

    /// <summary>Call this before the first write to an image. Dispose the result when no more is written to it.</summary>
    public WrittenImage BeginWrite(string imageId) => written.Begin(imageId);

    /// <summary>Asks what others changed since the last time; <see cref="ImageReader.Changed"/> says whom it concerns.</summary>
    /// <exception cref="CloudException">The login failed.</exception>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        var access = await GetAccessAsync(cancellationToken);
        await Images.ProbeAsync(id => gates.IsBusy(access.Cloud, id), cancellationToken);
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

    private async Task<TagWriteOutcome> WriteAsync(HttpMethod method, string imageId, string tag, CancellationToken cancellationToken)
    {
        if (ImageTag.WhyNotAddressable(tag) is { } why) throw new ArgumentException($"Tag '{tag}' {why}.", nameof(tag));
        var gate = Gate(await GetAccessAsync(cancellationToken), imageId);
        try
        {
            // From here on the write may happen whatever we get to hear of it.
            gate.Written();
            var response = await SendWriteAsync(method, imageId, tag, cancellationToken);
            var result = AnswerRules.OfWrite(response.Status);
            if (result == TagWriteResult.Uncertain) gate.MarkUncertain(time);
            return new TagWriteOutcome(result, response.IsSuccess ? "" : response.Describe(), response.RetryAfter);
        }
        catch (CloudCallException e)
        {
            if (e.WasSent) gate.MarkUncertain(time);
            return new TagWriteOutcome(e.WasSent ? TagWriteResult.Uncertain : TagWriteResult.NotSent, e.Message, e.RetryAfter);
        }
        catch (Exception e) when (e is not CloudException)
        {
            gate.MarkUncertain(time);
            throw;
        }
        finally
        {
            gate.Written();
        }
    }

    private Task<CloudResponse> SendWriteAsync(HttpMethod method, string imageId, string tag, CancellationToken cancellationToken)
    {
        if (cloud.Profile == CloudProfile.IMS && ImsTag.Split(tag) is (var key, { } value))
        {
            if (method == HttpMethod.Put)
            {
                var body = JsonSerializer.SerializeToUtf8Bytes(
                    new ImsTagValueRequest(imageId, new ImsTagValue(key, value)), CloudJson.Default.ImsTagValueRequest);
                return api.SendAsync(method, "/v1/cloudimages/tags", body, cancellationToken);
            }

            tag = key;
        }

        return api.SendAsync(method, $"/v2/images/{imageId}/tags/{Uri.EscapeDataString(tag)}", json: null, cancellationToken);
    }

    /// <summary>What a token's catalog says.</summary>
    private sealed record KnownAccess(Token Token, CloudAccess Access);
}
