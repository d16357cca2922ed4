using System.Text.Json;
using ImageTagOperator.OpenStack.Answers;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Identity;
using ImageTagOperator.OpenStack.Images;

namespace ImageTagOperator.OpenStack;

/// <summary>One cloud as one set of credentials sees it. It can read images and write their tags, and nothing else. Thread-safe.</summary>
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
        Room = http.NewReservation();
        Images = new ImageReader(api, gates, Room, hosts.Limits, time);
        written = new WrittenImages(api, Images, time);
    }

    public CloudConfiguration Cloud => cloud;

    /// <summary>Host and port of the servers that requests were sent to.</summary>
    internal IEnumerable<string> Servers => http.ServersUsed;

    /// <summary>The memory that <see cref="Images"/> uses. It does not reference the session.</summary>
    internal MemoryReservation Room { get; }

    /// <summary>The cached readings of images, shared by all users of this session.</summary>
    public ImageReader Images { get; }

    /// <summary>The address of the Image API, ending in <c>/v2</c>. Logs in to Keystone when there is no token.</summary>
    /// <exception cref="CloudException">The login or the request failed.</exception>
    public async Task<Uri> GetImageEndpointAsync(CancellationToken cancellationToken) => (await GetAccessAsync(cancellationToken)).Endpoint;

    /// <summary>The cloud that the session reaches, and its project there. Logs in to Keystone when there is no token.</summary>
    /// <exception cref="CloudException">The login or the request failed.</exception>
    public async Task<CloudAccess> GetAccessAsync(CancellationToken cancellationToken)
    {
        var token = await keystone.GetTokenAsync(cancellationToken);
        if (latest is { } known && ReferenceEquals(known.Token, token)) return known.Access;
        var endpoint = Catalog.ImageEndpoint(cloud, token.Catalog);
        var access = new CloudAccess(endpoint, Catalog.CloudIdentity(cloud, token.Catalog, endpoint), token.ProjectId, token.Identity);
        latest = new KnownAccess(token, access);
        return access;
    }

    /// <summary>Whether the session can reach this cloud, as far as that is known before a login.</summary>
    /// <param name="named">A value of <see cref="CloudAccess.Cloud"/>.</param>
    public bool MayReach(string named) => Catalog.CanBeIdentity(cloud, named);

    /// <summary>The lock for writes to one image. Sessions that are proven to reach the same cloud share it.</summary>
    public ImageGate Gate(CloudAccess access, string imageId) => gates.For(access.Cloud, imageId);

    /// <summary>Reads one image ("Show image"); null when the cloud has no such image or does not show it to these credentials.</summary>
    /// <param name="isUrgent">True when other callers wait for this read.</param>
    /// <exception cref="CloudException">The login or the request failed.</exception>
    public async Task<Image?> GetImageAsync(string imageId, CancellationToken cancellationToken, bool isUrgent = false)
    {
        var asOf = time.GetUtcNow();
        var image = await api.GetAsync(imageId, cancellationToken, isUrgent);
        if (image is not null) Images.CacheImage(image, asOf);
        return image;
    }

    /// <summary>Reads an image after a write; null as for <see cref="GetImageAsync"/>. One request reads all images that are being written
    /// at the same time.</summary>
    /// <param name="write">The result of <see cref="BeginWrite"/>.</param>
    /// <exception cref="CloudException">The login or the request failed.</exception>
    public Task<Image?> GetWrittenAsync(WrittenImage write, CancellationToken cancellationToken) =>
        written.ReadAsync(write, cancellationToken);

    /// <summary>Starts the writes to an image. Call it before the first write, and dispose the result after the last one.</summary>
    public WrittenImage BeginWrite(string imageId) => written.Begin(imageId);

    /// <summary>Polls for changes by other clients; <see cref="ImageReader.Changed"/> reports them.</summary>
    /// <exception cref="CloudException">The login failed.</exception>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        var access = await GetAccessAsync(cancellationToken);
        await Images.ProbeAsync(id => gates.IsBusy(access.Cloud, id), cancellationToken);
    }

    /// <summary>Adds a tag (PUT /v2/images/{id}/tags/{tag}). The caller must hold the image's <see cref="ImageGate"/>.</summary>
    /// <exception cref="CloudException">The login failed, so nothing was sent.</exception>
    public Task<TagWriteOutcome> AddTagAsync(string imageId, string tag, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Put, imageId, tag, cancellationToken);

    /// <summary>Removes a tag (DELETE /v2/images/{id}/tags/{tag}). The caller must hold the image's <see cref="ImageGate"/>.</summary>
    /// <exception cref="CloudException">The login failed, so nothing was sent.</exception>
    public Task<TagWriteOutcome> RemoveTagAsync(string imageId, string tag, CancellationToken cancellationToken) =>
        WriteAsync(HttpMethod.Delete, imageId, tag, cancellationToken);

    public void Dispose() => http.Dispose();

    private async Task<TagWriteOutcome> WriteAsync(HttpMethod method, string imageId, string tag, CancellationToken cancellationToken)
    {
        if (ImageTag.WhyNotAddressable(tag) is { } why) throw new ArgumentException($"Tag '{tag}' {why}.", nameof(tag));
        var gate = Gate(await GetAccessAsync(cancellationToken), imageId);
        try
        {
            // From here on the write may take effect, whatever the outcome reported to us.
            gate.Written();
            var response = await SendWriteAsync(method, imageId, tag, cancellationToken);
            var result = AnswerRules.OfWrite(response.Status);
            if (result == TagWriteResult.Uncertain) gate.MarkUncertain(time);
            if (result == TagWriteResult.Done && method == HttpMethod.Delete) gate.Removed(tag, time);
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
