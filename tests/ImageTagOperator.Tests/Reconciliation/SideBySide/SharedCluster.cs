using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.Reconciliation.Properties;
using k8s;
using k8s.Models;

namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>An API server in memory with the Secrets and the sets. A write of the operator comes back by a watch, in a separate
/// step.</summary>
internal sealed class SharedCluster(SeededThread thread, FakeTimeProvider clock)
{
    public const string Namespace = "ns";

    private readonly SortedDictionary<string, V1Alpha1ImageTagSet> sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, V1Secret> secrets = [];
    private readonly List<Connection> connections = [];
    private long version;

    private SeededThread Thread => thread;

    /// <summary>Increases with each write of the operator that changes more than timestamps.</summary>
    public int Version { get; private set; }

    public Action<string> OnLog { get; set; } = _ => { };

    public IReadOnlyCollection<V1Alpha1ImageTagSet> All => [.. sets.Values.Select(Copy)];

    public static NamespacedName KeyOf(int set) => new(Namespace, $"s{set}");

    public static int NumberOf(string name) => int.Parse(name[1..], CultureInfo.InvariantCulture);

    public V1Alpha1ImageTagSet? TryGet(string name) => sets.TryGetValue(name, out var set) ? Copy(set) : null;

    public void Write(int secret, Login login) => secrets[$"secret{secret}"] = new V1Secret
    {
        Metadata = new() { Name = $"secret{secret}" }, Data = new Dictionary<string,
            byte[]> { ["clouds.yaml"] = Encoding.UTF8.GetBytes(SharedClouds.CloudsYaml(login)) },
    };

    /// <summary>The user's <c>kubectl apply</c>.</summary>
    public void Apply(int set, Wish wish)
    {
        var name = KeyOf(set).Name;
        var changed = TryGet(name) ?? new V1Alpha1ImageTagSet
        {
            // A lower number means an older set.
            Metadata = new() { Name = name, NamespaceProperty = Namespace, Uid = name,
                CreationTimestamp = ModelImage.FirstCreated.AddDays(set).UtcDateTime },
        };
        (changed.Spec, changed.Metadata.Generation) = (wish.Spec, (changed.Metadata.Generation ?? 0) + 1);
        Store(changed, isUser: true);
    }

    /// <summary>The user's <c>kubectl delete</c>.</summary>
    public void Delete(int set)
    {
        if (TryGet(KeyOf(set).Name) is not { } changed) return;
        (changed.Metadata.DeletionTimestamp, changed.Metadata.Generation) = (clock.GetUtcNow().UtcDateTime, changed.Metadata.Generation
            + 1);
        Store(changed, isUser: true);
    }

    /// <summary>The connection of one process.</summary>
    public Connection Connect(Lane lane)
    {
        connections.RemoveAll(old => old.Lane.IsDead);
        var connection = new Connection(this, lane);
        connections.Add(connection);
        return connection;
    }

    private void Store(V1Alpha1ImageTagSet set, bool isUser = false)
    {
        var name = set.Metadata.Name!;
        var old = sets.GetValueOrDefault(name);
        set.Metadata.ResourceVersion = $"{++version}";
        var isGone = set.IsTerminating() && set.Metadata.Finalizers is not { Count: > 0 };
        if (isGone) sets.Remove(name);
        else sets[name] = Copy(set);
        var change = isGone ? WatchEventType.Deleted : old is null ? WatchEventType.Added : WatchEventType.Modified;
        foreach (var connection in connections)
        {
            connection.Send(new EntityChange<V1Alpha1ImageTagSet>(change, Copy(set), old));
            if (isUser) connection.Flush();
        }
    }

    private V1Alpha1ImageTagSet Current(string name, string? resourceVersion)
    {
        var set = TryGet(name) ?? throw Refusal(HttpStatusCode.NotFound, "NotFound");
        return set.Metadata.ResourceVersion == resourceVersion ? set : throw Refusal(HttpStatusCode.Conflict, "Conflict");
    }

    private V1Alpha1ImageTagSet WriteStatus(V1Alpha1ImageTagSet set)
    {
        var changed = Current(set.Metadata.Name!, set.Metadata.ResourceVersion);
        var before = changed.Status;
        changed.Status = Copy(set).Status;
        if (Text(changed.Status) != Text(before)) Version++;
        Store(changed);
        set.Metadata.ResourceVersion = changed.Metadata.ResourceVersion;
        OnLog($"status of {changed.Metadata.Name}: {Describe(changed)}");
        return Copy(changed);
    }

    private V1Alpha1ImageTagSet WriteFinalizers(string name, JsonNode metadata)
    {
        var changed = Current(name, (string?)metadata["resourceVersion"]);
        changed.Metadata.Finalizers = [.. metadata["finalizers"]!.AsArray().Select(each => (string)each!)];
        Version++;
        Store(changed);
        OnLog($"finalizers of {name}: {changed.Metadata.Finalizers.Count}");
        return Copy(changed);
    }

    public static string Describe(V1Alpha1ImageTagSet set) =>
        (set.Status.Conditions ?? []).Where(condition => condition.Type == "Ready").Select(condition => condition.Reason)
            .FirstOrDefault("new")
        + string.Concat((set.Status.Images ?? []).Select(image =>
            $" {image.Id[..8]}{(image.Cloud is null ? "" : $"@{image.Cloud}")}=[{string.Join("|", image.ManagedTags ?? [])}]"
            + $"{(image.OriginalTags is { } original ? $" before [{string.Join("|", original)}]" : "")}{(image.Leaving is { } why ? $" {why}" : "")}"
            + $"{(image.Writer is null ? "" : " written")}{(image.Reason is { } reason ? $" {reason}" : "")}"));

    private static string Text(ImageTagSetStatus status) => JsonSerializer.Serialize(
        new ImageTagSetStatus { Images = status.Images, Conditions = status.Conditions, Image = status.Image,
            ImageCount = status.ImageCount, TagCount = status.TagCount },
        ImageTagSetJson.Default.ImageTagSetStatus);

    private static KubernetesException Refusal(HttpStatusCode code, string reason) =>
        new("PUT", "set", code, new V1Status { Reason = reason, Message = "model says no" });

    private static V1Alpha1ImageTagSet Copy(V1Alpha1ImageTagSet set) =>
        JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(set, ImageTagSetJson.Default.V1Alpha1ImageTagSet),
            ImageTagSetJson.Default.V1Alpha1ImageTagSet)!;

    /// <summary>The client and the watch of one process.</summary>
    internal sealed class Connection(SharedCluster cluster, Lane lane) : IKubernetesClient, IEntityCache<V1Alpha1ImageTagSet>
    {
        private readonly Queue<EntityChange<V1Alpha1ImageTagSet>> underWay = [];
        private Action<EntityChange<V1Alpha1ImageTagSet>>? observer;

        public Lane Lane => lane;

        public bool IsSynced => true;

        public IReadOnlyCollection<V1Alpha1ImageTagSet> All => cluster.All;

        public void Send(EntityChange<V1Alpha1ImageTagSet> change)
        {
            underWay.Enqueue(change);
            cluster.Thread.Add(lane, Deliver);
        }

        public void Flush()
        {
            while (underWay.Count > 0) Deliver();
        }

        public V1Alpha1ImageTagSet? TryGet(NamespacedName key) => cluster.TryGet(key.Name);

        public IDisposable Subscribe(Action<EntityChange<V1Alpha1ImageTagSet>> observer)
        {
            foreach (var set in All) observer(new EntityChange<V1Alpha1ImageTagSet>(WatchEventType.Added, set, null));
            this.observer = observer;
            return new Subscription();
        }

        public Task<TEntity?> GetAsync<TEntity>(string name, string? inNamespace, CancellationToken cancellationToken)
            where TEntity : class, IKubernetesObject<V1ObjectMeta> => cluster.Thread.TurnAsync(
                lane,
                () => typeof(TEntity) == typeof(V1Secret) ? cluster.secrets[name] as TEntity : cluster.TryGet(name) as TEntity,
                mayOutlive: false);

        public Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
            where TEntity : class, IKubernetesObject<V1ObjectMeta> =>
            cluster.Thread.TurnAsync(
                lane, () => (TEntity)(object)cluster.WriteStatus((V1Alpha1ImageTagSet)(object)entity), mayOutlive: true);

        public Task<TEntity> PatchAsync<TEntity>(
            NamespacedName key, JsonObject mergePatch, string? subresource, CancellationToken cancellationToken)
            where TEntity : class, IKubernetesObject<V1ObjectMeta> =>
            cluster.Thread.TurnAsync(
                lane, () => (TEntity)(object)cluster.WriteFinalizers(key.Name, mergePatch["metadata"]!), mayOutlive: true);

        public Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, TEntity before, CancellationToken cancellationToken)
            where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public Task<EntityList<TEntity>> ListAsync<TEntity>(string? inNamespace, ListOptions? options, CancellationToken cancellationToken)
            where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public Task<TEntity> CreateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
            where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public Task<TEntity> UpdateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
            where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public Task DeleteAsync<TEntity>(NamespacedName key, string? uid, CancellationToken cancellationToken)
            where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        public IAsyncEnumerable<WatchEvent<TEntity>> WatchAsync<TEntity>(
            string? inNamespace, string? resourceVersion, TimeSpan? timeout, CancellationToken cancellationToken)
            where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

        private void Deliver()
        {
            if (underWay.TryDequeue(out var change)) observer?.Invoke(change);
        }

        private sealed class Subscription : IDisposable
        {
            public void Dispose()
            {
            }
        }
    }
}
