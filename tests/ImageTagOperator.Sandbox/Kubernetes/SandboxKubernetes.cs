using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>An embedded Kubernetes API: namespaces, secrets, configmaps, service accounts, events, leases and custom resources, over plain
/// HTTP on loopback. It answers as a kube-apiserver does, in what it accepts, what it refuses and in which words; it runs no controllers
/// except that deleted namespaces and definitions take their objects along.</summary>
public sealed class SandboxKubernetes : SandboxServer
{
    private readonly Cluster cluster;
    private readonly ResourceEndpoints endpoints;
    private readonly ConcurrentDictionary<WatchStream, bool> watches = [];

    private SandboxKubernetes(TimeProvider time, int port)
        : base(time, port)
    {
        cluster = new Cluster(time);
        endpoints = new ResourceEndpoints(cluster);
        foreach (var name in (string[])["default", "kube-node-lease", "kube-public", "kube-system"])
            Apply(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } });
    }

    /// <summary>When set, a call without this bearer token is answered with 401.</summary>
    public string? RequiredToken { get; set; }

    /// <summary>How many watches are open.</summary>
    public int OpenWatches => watches.Count;

    /// <summary>A kubeconfig for this server, as YAML.</summary>
    public string Kubeconfig =>
        $$"""
        apiVersion: v1
        kind: Config
        current-context: sandbox
        clusters:
        - name: sandbox
          cluster: {server: "{{Url}}"}
        contexts:
        - name: sandbox
          context: {cluster: sandbox, user: sandbox, namespace: default}
        users:
        - name: sandbox
          user: {token: "{{RequiredToken ?? "sandbox"}}"}

        """;

    public static async Task<SandboxKubernetes> StartAsync(TimeProvider? time = null, int port = 0)
    {
        var server = new SandboxKubernetes(time ?? TimeProvider.System, port);
        await server.StartServerAsync();
        return server;
    }

    /// <summary>A copy of an object, or null. <paramref name="plural"/> may carry the group: <c>leases.coordination.k8s.io</c>.</summary>
    /// <param name="ns">Empty for what has no namespace.</param>
    public JsonObject? Get(string plural, string ns, string name)
    {
        var resource = Require(plural);
        return cluster.Store.Find(resource.StorageKey, ns, name) is { } stored ? Cluster.Show(resource, stored) : null;
    }

    /// <summary>Copies of all objects of all namespaces, by namespace and name.</summary>
    public IReadOnlyList<JsonObject> List(string plural)
    {
        var resource = Require(plural);
        return [.. cluster.Store.List(resource.StorageKey).Objects.Select(stored => Cluster.Show(resource, stored))];
    }

    /// <summary>The objects of all namespaces as <c>kubectl get</c> prints those of one.</summary>
    public string Print(string plural)
    {
        PrinterColumn[] columns = [.. Require(plural).Columns.Where(column => column.Priority == 0)];
        var now = Time.GetUtcNow();
        string[][] rows =
        [
            [.. columns.Select(column => column.Name.ToUpperInvariant())],
            .. List(plural).Select(json => columns.Select(column => column.Cell(json, now)?.ToString() ?? "").ToArray()),
        ];
        int[] widths = [.. columns.Index().Select(column => rows.Max(row => row[column.Index].Length))];
        return string.Join('\n', rows.Select(row => string.Join("   ", row.Index().Select(cell => cell.Item.PadRight(widths[cell.Index])))
            .TrimEnd()));
    }

    /// <summary>Creates the object, or makes it what the manifest says, as <c>kubectl apply</c> would: labels and annotations are added,
    /// spec and data replaced, finalizers and status left alone. A manifest without a namespace goes to <c>default</c>.</summary>
    public JsonObject Apply(JsonObject manifest)
    {
        // Numbers of a node made in memory have a .NET type each; those of a parsed one convert to whatever they are compared with.
        manifest = JsonNode.Parse(manifest.ToJsonString())!.AsObject();
        var resource = cluster.Registry.FindKind(manifest.Text("apiVersion") ?? "", manifest.Text("kind") ?? "") ??
            throw new ArgumentException($"no resource of kind {manifest.Text("kind")} in {manifest.Text("apiVersion")}", nameof(manifest));
        var ns = resource.IsNamespaced ? manifest.Text("metadata", "namespace") ?? "default" : "";
        var name = manifest.Text("metadata", "name") ?? "";
        lock (cluster.Store.Gate)
        {
            var (writer, options) = (endpoints.Writer, new WriteOptions());
            return cluster.Store.Find(resource.StorageKey, ns, name) is null
                ? writer.Create(resource, ns, manifest.Copy(), options)
                : writer.Patch(resource, ns, name, isStatus: false, present => Merge(present, manifest), options);
        }
    }

    /// <summary>Begins to delete a namespace that a pod still runs in: from Kubernetes 1.33 on the rest stays until the pod is
    /// gone.</summary>
    public void EndNamespace(string name)
    {
        lock (cluster.Store.Gate) endpoints.Remover.EndNamespace(cluster.Require(cluster.Registry.Namespaces, "", name).ToJson());
    }

    /// <summary>Deletes as a client would: with finalizers, the object stays until they are gone. Absent is fine.</summary>
    public void Delete(string plural, string ns, string name)
    {
        lock (cluster.Store.Gate)
        {
            if (Get(plural, ns, name) is not null) endpoints.Remover.Delete(Require(plural), ns, name, null);
        }
    }

    /// <summary>Forgets all history: every resourceVersion and continue token that was handed out so far is too old to start a watch or
    /// go on with a list. Open watches stay open; follow with <see cref="DropWatches"/> to make clients meet it.</summary>
    public void ExpireHistory() => cluster.Store.Expire();

    /// <summary>Cuts the connections of all open watches, and says how many there were.</summary>
    public int DropWatches()
    {
        var open = watches.Keys;
        foreach (var watch in open) watch.Cut();
        return open.Count;
    }

    /// <summary>Sends a line as it is to all open watches of a resource, and says how many there were. It need not be JSON.</summary>
    public int SendToWatches(string plural, string line)
    {
        var resource = Require(plural);
        var open = watches.Keys.Where(watch => watch.Resource.StorageKey == resource.StorageKey).ToList();
        open.ForEach(watch => watch.Inject(line));
        return open.Count;
    }

    protected override async Task HandleAsync(HttpContext http, string path, string body)
    {
        try
        {
            if (path is "/healthz" or "/readyz" or "/livez") await WriteTextAsync(http, 200, "ok");
            else if (RequiredToken is { } token && http.Request.Headers.Authorization != $"Bearer {token}") throw Refusals.Unauthorized();
            else await RouteAsync(http, path, body);
        }
        catch (StatusException e) when (!http.Response.HasStarted)
        {
            await ResourceEndpoints.WriteAsync(http, e.Code, e.ToStatus());
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested || Stopping.IsCancellationRequested)
        {
            // The client or the server went away in the middle of a watch: there is nobody to tell.
        }
    }

    private async Task RouteAsync(HttpContext http, string path, string body)
    {
        var resources = cluster.Registry.All;
        var isGet = http.Request.Method == "GET";
        if (isGet && (DiscoveryDocuments.Find(path, resources) ?? OpenApiDocuments.Find(path, resources)) is { } document)
        {
            await ResourceEndpoints.WriteAsync(http, 200, document);
            return;
        }

        if (ResourcePath.Parse(path, cluster.Registry) is not { } target)
        {
            await RefusePathAsync(http, path, resources);
            return;
        }

        var (query, form) = (new Query(http.Request.Query), ResponseForms.Negotiate(http.Request));
        // With a name it is an ordinary read, whatever the query says.
        if (isGet && query.Watch && target.Name.Length == 0) await WatchAsync(http, new WatchRequest(target, query, form));
        else await endpoints.HandleAsync(http, target, query, form, body);
    }

    // Outside of the groups that it serves, a server speaks plain text.
    private static async Task RefusePathAsync(HttpContext http, string path, IReadOnlyList<ResourceDefinition> resources)
    {
        if (resources.Any(resource => path.StartsWith($"/{resource.GroupPath}/", StringComparison.Ordinal)))
            throw Refusals.UnknownResource();
        await WriteTextAsync(http, 404, "404 page not found\n");
    }

    private static async Task WriteTextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), http.RequestAborted);
    }

    private async Task WatchAsync(HttpContext http, WatchRequest request)
    {
        request.Validate();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, Stopping);
        var watch = new WatchStream(cluster, Time, request, http);
        watches.TryAdd(watch, true);
        try
        {
            await watch.RunAsync(ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            watches.TryRemove(watch, out _);
            watch.End();
        }
    }

    private ResourceDefinition Require(string plural) =>
        cluster.Registry.FindPlural(plural) ??
        throw new ArgumentException($"no resource {plural}; was its definition applied?", nameof(plural));

    private static JsonObject Merge(JsonObject present, JsonObject manifest)
    {
        foreach (var (name, value) in manifest)
        {
            if (name is not ("metadata" or "status")) present[name] = value?.DeepClone();
        }

        foreach (var name in (string[])["labels", "annotations"])
        {
            foreach (var (key, value) in manifest.At("metadata", name) as JsonObject ?? [])
                present.Child("metadata").Child(name)[key] = value?.DeepClone();
        }

        return present;
    }
}
