using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>An embedded Kubernetes API: namespaces, secrets, configmaps, service accounts, events, leases and custom resources, over plain
/// HTTP on loopback. It accepts and rejects what a kube-apiserver does, with the same messages. It runs no controllers, except that
/// deleting a namespace or a definition deletes its objects.</summary>
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

    /// <summary>The number of open watches.</summary>
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
    /// <param name="ns">Empty for cluster-scoped objects.</param>
    public JsonObject? Get(string plural, string ns, string name)
    {
        var resource = Require(plural);
        return cluster.Store.Find(resource.StorageKey, ns, name) is { } stored ? Cluster.Show(resource, stored) : null;
    }

    /// <summary>Copies of the objects of all namespaces, ordered by namespace and name.</summary>
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

    /// <summary>Creates or updates an object as <c>kubectl apply</c> would: labels and annotations are merged, spec and data replaced,
    /// finalizers and status unchanged. A manifest without a namespace goes to <c>default</c>.</summary>
    public JsonObject Apply(JsonObject manifest)
    {
        // Numbers in a node that was built in memory keep their .NET types; those of a parsed node convert to any type in comparisons.
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

    /// <summary>Starts the deletion of a namespace in which a pod still runs: Kubernetes 1.33 and later keep the other objects until the
    /// pod is gone.</summary>
    public void EndNamespace(string name)
    {
        lock (cluster.Store.Gate) endpoints.Remover.EndNamespace(cluster.Require(cluster.Registry.Namespaces, "", name).ToJson());
    }

    /// <summary>Deletes as a client would: an object with finalizers stays until they are removed. Does nothing when it does not
    /// exist.</summary>
    public void Delete(string plural, string ns, string name)
    {
        lock (cluster.Store.Gate)
        {
            if (Get(plural, ns, name) is not null) endpoints.Remover.Delete(Require(plural), ns, name, null);
        }
    }

    /// <summary>Discards the history: every resourceVersion and continue token handed out so far is too old to start a watch or continue a
    /// list. Open watches stay open; call <see cref="DropWatches"/> next to make clients see the error.</summary>
    public void ExpireHistory() => cluster.Store.Expire();

    /// <summary>Closes the connections of all open watches and returns their number.</summary>
    public int DropWatches()
    {
        var open = watches.Keys;
        foreach (var watch in open) watch.Cut();
        return open.Count;
    }

    /// <summary>Sends a line unchanged to all open watches of a resource and returns their number. The line need not be JSON.</summary>
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
            // The client or the server stopped during a watch: no response is possible.
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
        // A request with a name is a plain read, even with watch in the query.
        if (isGet && query.Watch && target.Name.Length == 0) await WatchAsync(http, new WatchRequest(target, query, form));
        else await endpoints.HandleAsync(http, target, query, form, body);
    }

    // For paths outside of its groups, a server responds in plain text.
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
