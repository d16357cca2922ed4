using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Kubernetes.Entities;
using ImageTagOperator.Kubernetes.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>The client of one API server.</summary>
public sealed class KubernetesClient : IKubernetesClient, IWriteNotifier, IDisposable
{
    private readonly ApiConnection connection;
    private readonly JsonSerializerOptions json;
    private readonly TimeProvider time;
    private readonly Func<double> random;
    private readonly TimeSpan requestTimeout;
    private readonly ILogger logger;

    /// <param name="extraTypes">The source-generated JSON metadata of the application's entities.</param>
    /// <param name="userAgent">The User-Agent as <c>name/version</c>.</param>
    /// <param name="requestTimeout">The timeout of everything but watches; 30 s when null.</param>
    public KubernetesClient(
        KubernetesClientConfiguration configuration,
        IJsonTypeInfoResolver extraTypes,
        string userAgent,
        TimeProvider? time = null,
        Func<double>? random = null,
        TimeSpan? requestTimeout = null,
        ILogger<KubernetesClient>? logger = null)
        : this(configuration, HttpHandlerFactory.Create(configuration), extraTypes, userAgent, time, random, requestTimeout, logger)
    {
    }

    internal KubernetesClient(
        KubernetesClientConfiguration configuration,
        HttpMessageHandler handler,
        IJsonTypeInfoResolver extraTypes,
        string userAgent,
        TimeProvider? time = null,
        Func<double>? random = null,
        TimeSpan? requestTimeout = null,
        ILogger? logger = null)
    {
        this.time = time ?? TimeProvider.System;
        this.random = random ?? Jitter.Default;
        this.requestTimeout = requestTimeout ?? TimeSpan.FromSeconds(30);
        this.logger = logger ?? NullLogger.Instance;
        json = KubernetesJson.Options(extraTypes);
        connection = new ApiConnection(configuration, handler, userAgent, this.time);
    }

    private event Action<IKubernetesObject<V1ObjectMeta>>? Written;

    event Action<IKubernetesObject<V1ObjectMeta>>? IWriteNotifier.Written
    {
        add => Written += value;
        remove => Written -= value;
    }

    public async Task<TEntity?> GetAsync<TEntity>(string name, string? inNamespace, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var request = new ApiRequest(HttpMethod.Get, EntityDefinition.Of<TEntity>().Path(inNamespace, name));
        try
        {
            return Codec<TEntity>().Read(await connection.SendAsync(request, requestTimeout, cancellationToken));
        }
        catch (KubernetesException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    public async Task<EntityList<TEntity>> ListAsync<TEntity>(
        string? inNamespace, ListOptions? options, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return await ListPagesAsync<TEntity>(inNamespace, options ?? new(), cancellationToken);
        }
        catch (KubernetesException error) when (error.IsExpired)
        {
            // The snapshot of the continue token was compacted: start again from the current state.
            return await ListPagesAsync<TEntity>(inNamespace, (options ?? new()) with { ResourceVersion = null }, cancellationToken);
        }
    }

    public Task<TEntity> CreateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> =>
        WriteAsync<TEntity>(
            new(HttpMethod.Post, EntityDefinition.Of<TEntity>().Path(entity.Metadata.NamespaceProperty), Codec<TEntity>().Write(entity)),
                cancellationToken);

    /// <summary>Checks whether <see cref="CreateAsync{TEntity}"/> would succeed: the server does everything except store the
    /// object.</summary>
    public Task DryRunCreateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> =>
        connection.SendAsync(
            new(HttpMethod.Post, $"{EntityDefinition.Of<TEntity>().Path(entity.Metadata.NamespaceProperty)}?dryRun=All", Codec<TEntity>()
                .Write(entity)), requestTimeout, cancellationToken);

    public Task<TEntity> UpdateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => PutAsync(entity, null, cancellationToken);

    public async Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var stored = await PutAsync(entity, "status", cancellationToken);
        entity.Metadata.ResourceVersion = stored.Metadata.ResourceVersion;
        return stored;
    }

    public Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, TEntity before, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        // Another resourceVersion means that something was written since `before`, so the server's status may differ from it.
        var untouched = entity.Metadata.ResourceVersion == before.Metadata.ResourceVersion;
        return untouched && Codec<TEntity>().SameStatus(entity, before) ? Task.FromResult(entity)
            : UpdateStatusAsync(entity, cancellationToken);
    }

    public Task<TEntity> PatchAsync<TEntity>(
        NamespacedName key, JsonObject mergePatch, string? subresource, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(mergePatch, KubernetesJsonContext.Default.JsonObject);
        var path = EntityDefinition.Of<TEntity>().Path(key.Namespace, key.Name, subresource);
        return WriteAsync<TEntity>(new(HttpMethod.Patch, path, body, "application/merge-patch+json"), cancellationToken);
    }

    public async Task DeleteAsync<TEntity>(NamespacedName key, string? uid, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["propagationPolicy"] = "Background" };
        if (uid is not null) options["preconditions"] = new JsonObject { ["uid"] = uid };
        var body = JsonSerializer.SerializeToUtf8Bytes(options, KubernetesJsonContext.Default.JsonObject);
        var request = new ApiRequest(HttpMethod.Delete, EntityDefinition.Of<TEntity>().Path(key.Namespace, key.Name), body);
        try
        {
            await connection.SendAsync(request, requestTimeout, cancellationToken);
        }
        catch (KubernetesException error) when (error.IsNotFound)
        {
            // Already deleted, as requested.
        }
    }

    public IAsyncEnumerable<WatchEvent<TEntity>> WatchAsync<TEntity>(
        string? inNamespace, string? resourceVersion, TimeSpan? timeout, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        // Spread over 5 to 10 minutes, so that the watches of many clients do not all reconnect at once.
        var length = timeout ?? TimeSpan.FromSeconds(Math.Floor(300 + (random() * 300)));
        var watch = new WatchConnection<TEntity>(connection, Codec<TEntity>(), time, requestTimeout);
        return watch.ReadAsync(inNamespace, resourceVersion, length, cancellationToken);
    }

    /// <summary>The schema of the entity in the server's OpenAPI document; null when there is none. The names of fields, if any, are
    /// reliable; other parts that OpenAPI cannot express are missing.</summary>
    public async Task<JsonObject?> FindSchemaAsync<TEntity>(CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var (group, version, kind) = EntityDefinition.Of<TEntity>() is var definition
            ? (definition.Group, definition.Version, definition.Kind) : default;
        // Servers before 1.24 have only the older document, which covers all of their kinds.
        foreach (var (path, member) in new[] { ($"/openapi/v3/apis/{group}/{version}", "components"), ("/openapi/v2", "definitions") })
        {
            try
            {
                var document = JsonNode.Parse(await connection.SendAsync(new(HttpMethod.Get, path), requestTimeout, cancellationToken));
                var schemas = (member == "components" ? document?[member]?["schemas"] : document?[member]) as JsonObject;
                if (schemas?.Select(pair => pair.Value).OfType<JsonObject>().FirstOrDefault(IsOfKind) is { } schema) return schema;
            }
            catch (KubernetesException error) when (error.IsNotFound)
            {
                // The next one may exist.
            }
        }

        return null;

        bool IsOfKind(JsonObject schema) => (schema["x-kubernetes-group-version-kind"] as JsonArray)?.Any(
            one => (string?)one?["group"] == group && (string?)one?["version"] == version && (string?)one?["kind"] == kind) == true;
    }

    /// <summary>Called right before each write is sent; false cancels it. After the lease was lost nothing is sent, even if a controller
    /// ignores its cancellation token.</summary>
    internal Func<bool> MayWrite
    {
        set => connection.MayWrite = value;
    }

    public void Dispose() => connection.Dispose();

    private EntityCodec<TEntity> Codec<TEntity>()
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => new(json, logger);

    private Task<TEntity> PutAsync<TEntity>(TEntity entity, string? subresource, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var path = EntityDefinition.Of<TEntity>().Path(entity.Metadata.NamespaceProperty, entity.Metadata.Name ?? "", subresource);
        return WriteAsync<TEntity>(new(HttpMethod.Put, path, Codec<TEntity>().Write(entity)), cancellationToken);
    }

    private async Task<TEntity> WriteAsync<TEntity>(ApiRequest request, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var answer = await connection.SendAsync(request, requestTimeout, cancellationToken);
        if (Written is { } written) written(Codec<TEntity>().Read(answer));
        return Codec<TEntity>().Read(answer);
    }

    private async Task<EntityList<TEntity>> ListPagesAsync<TEntity>(
        string? inNamespace, ListOptions options, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var path = EntityDefinition.Of<TEntity>().Path(inNamespace);
        var items = new List<TEntity>();
        var unreadable = new List<NamespacedName>();
        for (string? continueToken = null; ;)
        {
            var request = new ApiRequest(HttpMethod.Get, path + ListQuery.For(options, continueToken));
            using var page = JsonDocument.Parse(await connection.SendAsync(request, requestTimeout, cancellationToken));
            Codec<TEntity>().ReadItems(page.RootElement, items, unreadable);
            var metadata = page.RootElement.GetProperty("metadata");
            continueToken = metadata.TryGetProperty("continue", out var next) ? next.GetString() : null;
            if (string.IsNullOrEmpty(continueToken)) return new(items, metadata.GetProperty("resourceVersion").GetString(), unreadable);
        }
    }
}
