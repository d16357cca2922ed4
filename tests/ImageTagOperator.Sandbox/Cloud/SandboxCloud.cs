namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>An embedded Keystone (<c>/identity/v3</c>) and Glance (<c>/image/v2</c>) on one port. They behave as the documents and
/// measurements of the real servers say, including their bugs. Users, projects and images can be read and changed directly while the
/// servers run.</summary>
public sealed class SandboxCloud : SandboxServer
{
    internal const string Region = "RegionOne";

    private readonly Lock gate = new();
    private readonly List<SandboxImage> images = [];
    private readonly KeystoneApi keystone;
    private readonly GlanceApi glance;

    private SandboxCloud(TimeProvider time, int port)
        : base(time, port)
    {
        Identity = new SandboxIdentity(time);
        foreach (var (name, role) in new[] { ("admin", "admin"), ("demo", "member"), ("other", "member") })
            Identity.AddUser(name, $"{name}-secret", Identity.AddProject(name), role);
        Identity.User("admin").SystemRoles = ["admin"];
        var demo = Identity.User("demo");
        Identity.AddApplicationCredential("demo-app", demo, demo.DefaultProject!, "demo-app-secret");
        keystone = new KeystoneApi(this, Identity);
        glance = new GlanceApi(this, time);
    }

    public SandboxIdentity Identity { get; }

    /// <summary>Can be changed at any time: addresses, <see cref="CloudsYaml"/> and responses follow.</summary>
    public CloudFlavor Flavor { get; set; }

    /// <summary>The lifetime of new tokens. Default: one hour.</summary>
    public TimeSpan TokenLifetime
    {
        get => Identity.Tokens.Lifetime;
        set => Identity.Tokens.Lifetime = value;
    }

    /// <summary>The maximum number of tags of an image; -1 for no limit. Default: 128, as Glance's <c>image_tag_quota</c>.</summary>
    public int TagQuota { get; set; } = 128;

    /// <summary>The time between loading the tags of an image and writing them back during a tag write. Concurrent writes to one image then
    /// lose each other's changes. A tag that was added twice can never be deleted. Both happen on a real Glance. Default: zero.</summary>
    public TimeSpan RaceWindow { get; set; }

    /// <summary>As <c>enforce_secure_rbac</c>, the default of later releases: the role reader has no write permission, and a token
    /// without a project lists no images. Default: false.</summary>
    public bool SecureRbac { get; set; }

    /// <summary>Whether <c>DELETE /v2/images/ID/</c> deletes the image. Glance itself responds with 404 because of the trailing slash
    /// (measured), but some proxies in front of it remove the slash. A URL library turns <c>.../ID/tags/..</c> into this path, so the
    /// default is the worst case.</summary>
    public bool TrailingSlashDeletes { get; set; } = true;

    /// <summary>As Glance 33, which has no server of its own, under uwsgi: dot segments of a path are resolved unless they are encoded, a
    /// path that is not UTF-8 ends the connection without a response, and a long request line is accepted (measured). Default:
    /// false.</summary>
    public bool UnderUwsgi { get; set; }

    /// <summary>All images, oldest first.</summary>
    public IReadOnlyList<SandboxImage> Images
    {
        get
        {
            lock (gate) return [.. images];
        }
    }

    /// <summary>A clouds.yaml with the clouds <c>admin</c>, <c>demo</c>, <c>other</c> and <c>demo-app</c>.</summary>
    public string CloudsYaml => Cloud.CloudsYaml.Write(this);

    internal string IdentityUrl => Url + Flavor.IdentityPrefix;

    internal string ImageUrl => Url + Flavor.ImagePrefix;

    /// <summary>Replaces the host in the internal addresses of the catalog; null keeps the host.</summary>
    public string? InternalHost { get; set; }

    internal IEnumerable<(string Type, string Name, string Url, string InternalUrl)> Catalog =>
        [("identity", "keystone", IdentityUrl + "/v3", Internal(IdentityUrl + "/v3")), ("image", "glance", ImageUrl, Internal(ImageUrl))];

    /// <param name="time">The clock for token expiry and image timestamps. Default: the system's clock.</param>
    /// <param name="port">0 selects a free port.</param>
    public static async Task<SandboxCloud> StartAsync(TimeProvider? time = null, int port = 0)
    {
        var cloud = new SandboxCloud(time ?? TimeProvider.System, port);
        await cloud.StartServerAsync();
        return cloud;
    }

    /// <summary>Adds an active private image of the project demo.</summary>
    public SandboxImage AddImage(string name, params IEnumerable<string> tags)
    {
        var image = new SandboxImage(name, Identity.Project("demo"), Time.GetUtcNow());
        image.SetTags(tags);
        AddImage(image);
        return image;
    }

    /// <summary>Adds the same image with the given id.</summary>
    public SandboxImage AddImage(string name, string id, IEnumerable<string> tags)
    {
        var image = new SandboxImage(name, Identity.Project("demo"), Time.GetUtcNow()) { Id = id };
        image.SetTags(tags);
        AddImage(image);
        return image;
    }

    public void RemoveImage(SandboxImage image)
    {
        lock (gate) images.Remove(image);
    }

    internal void AddImage(SandboxImage image)
    {
        lock (gate) images.Add(image);
    }

    protected override Task HandleAsync(HttpContext http, string path, string body)
    {
        if (Below(path, Flavor.IdentityPrefix) is { } identityPath) return keystone.HandleAsync(http, identityPath, body);
        if (Below(path, Flavor.ImagePrefix) is { } imagePath) return glance.HandleAsync(http, imagePath, body);
        return path == "/healthcheck" ? GlanceApi.HealthAsync(http) : http.TextAsync(404, "text/plain", "");
    }

    private string Internal(string url) => InternalHost is { } host ? new UriBuilder(url) { Host = host }.Uri.AbsoluteUri.TrimEnd('/')
        : url;

    /// <summary>The rest of a path after a prefix, or null.</summary>
    private static string? Below(string path, string prefix) =>
        path == prefix || path.StartsWith(prefix + "/", StringComparison.Ordinal) ? path[prefix.Length..] : null;
}
