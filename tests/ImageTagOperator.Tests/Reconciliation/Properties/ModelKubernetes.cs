using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Scheduling;
using k8s;
using k8s.Models;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>An API server in memory with one Secret and the sets, which is its own watch cache. It counts as the real one does:
/// generations, resourceVersions, conflicts, finalizers, the status apart from the rest.</summary>
internal sealed class ModelKubernetes(Wire wire, TimeProvider time) : IKubernetesClient, IEntityCache<V1Alpha1ImageTagSet>
{
    public const string Namespace = "ns";

    private readonly SortedDictionary<string, V1Alpha1ImageTagSet> sets = new(StringComparer.Ordinal);
    private readonly List<Action<EntityChange<V1Alpha1ImageTagSet>>> observers = [];
    private readonly List<string> writes = [];
    private long version;

    /// <summary>Of the operator's.</summary>
    public IReadOnlyList<string> Writes => writes;

    public int SecretReads { get; private set; }

    public int StatusWrites { get; private set; }

    public bool IsSynced => true;

    public IReadOnlyCollection<V1Alpha1ImageTagSet> All => [.. sets.Values.Select(Copy)];

    public V1Alpha1ImageTagSet? TryGet(NamespacedName key) => sets.TryGetValue(key.Name, out var set) ? Copy(set) : null;

    public IDisposable Subscribe(Action<EntityChange<V1Alpha1ImageTagSet>> observer)
    {
        foreach (var set in All) observer(new EntityChange<V1Alpha1ImageTagSet>(WatchEventType.Added, set, null));
        observers.Add(observer);
        return new Subscription(observers, observer);
    }

    /// <summary>The user's <c>kubectl apply</c>.</summary>
    public void Apply(string name, ImageTagSetSpec spec, DateTimeOffset created)
    {
        if (!sets.TryGetValue(name, out var old))
        {
            Store(new V1Alpha1ImageTagSet { Metadata = new() { Name = name, NamespaceProperty = Namespace, Uid = name, Generation = 1,
                CreationTimestamp = created.UtcDateTime }, Spec = spec });
            return;
        }

        var changed = Copy(old);
        (changed.Spec, changed.Metadata.Generation) = (spec, old.Metadata.Generation + 1);
        Store(changed);
    }

    /// <summary>The user's <c>kubectl delete</c>.</summary>
    public void Delete(string name)
    {
        if (!sets.TryGetValue(name, out var old)) return;
        var changed = Copy(old);
        (changed.Metadata.DeletionTimestamp, changed.Metadata.Generation) = (time.GetUtcNow().UtcDateTime, old.Metadata.Generation + 1);
        Store(changed);
    }

    public Task<TEntity?> GetAsync<TEntity>(string name, string? inNamespace, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => Serve("GET", name, () =>
        {
            if (typeof(TEntity) != typeof(V1Secret)) return TryGet(new NamespacedName(inNamespace, name)) as TEntity;
            SecretReads++;
            return new V1Secret { Metadata = new() { Name = name }, Data = new Dictionary<string,
                byte[]> { ["clouds.yaml"] = Encoding.UTF8.GetBytes(ModelGlance.CloudsYaml) } } as TEntity;
        });

    public Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => Serve("PUT status", entity.Metadata.Name!, () =>
        {
            var changed = Current(entity.Metadata.Name!, entity.Metadata.ResourceVersion);
            var before = changed.Status;
            changed.Status = Copy((V1Alpha1ImageTagSet)(object)entity).Status;
            if (!IsVerification(changed, before))
            {
                StatusWrites++;
                writes.Add($"#{wire.Count} status {entity.Metadata.Name}");
            }

            Store(changed);
            entity.Metadata.ResourceVersion = changed.Metadata.ResourceVersion;
            return (TEntity)(object)Copy(changed);
        });

    public Task<TEntity> PatchAsync<TEntity>(
        NamespacedName key, JsonObject mergePatch, string? subresource, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => Serve("PATCH", key.Name, () =>
        {
            var metadata = mergePatch["metadata"]!;
            var changed = Current(key.Name, (string?)metadata["resourceVersion"]);
            changed.Metadata.Finalizers = [.. metadata["finalizers"]!.AsArray().Select(name => (string)name!)];
            writes.Add($"#{wire.Count} finalizers {key.Name}");
            Store(changed);
            return (TEntity)(object)Copy(changed);
        });

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

    private Task<T> Serve<T>(string verb, string name, Func<T> work)
    {
        lock (wire.Gate)
        {
            try
            {
                return Task.FromResult(Serve(verb, name, work, wire.Next()));
            }
            catch (Exception e) when (e is HttpRequestException or KubernetesException or TimeoutException)
            {
                return Task.FromException<T>(e);
            }
        }
    }

    private T Serve<T>(string verb, string name, Func<T> work, Incident? incident)
    {
        switch (incident?.Kind)
        {
            case null:
                break;
            case Mishap.ResetBefore:
                throw Wire.Broken();
            case Mishap.TimeoutLost:
                throw new TimeoutException("no answer");
            case Mishap.OtherBefore when sets.TryGetValue(name, out var set):
                Store(Copy(set));   // somebody else labels it
                break;
            case Mishap.Error or Mishap.Unavailable or Mishap.TooMany:
                throw Refusal(verb, name, HttpStatusCode.InternalServerError, "InternalError");
        }

        var result = work();
        return incident?.Kind switch
        {
            Mishap.KillAfter => throw wire.Die(),
            Mishap.ResetAfter or Mishap.ErrorAfterWork => throw Wire.Broken(),
            _ => result,
        };
    }

    /// <summary>The one write that a set in order may cost: it was verified again, an hour or its interval later.</summary>
    private static bool IsVerification(V1Alpha1ImageTagSet set, ImageTagSetStatus before)
    {
        if (set.Status.LastVerifiedTime - before.LastVerifiedTime is not { } later) return false;
        var alike = Copy(set);
        alike.Status.LastVerifiedTime = before.LastVerifiedTime;
        var interval = TimeSpan.FromHours(Math.Max(1, GoDuration.Parse(set.Spec.Interval)!.Value.TotalHours));
        return later >= interval && Json(alike.Status) == Json(before);
    }

    private static string Json(ImageTagSetStatus status) => JsonSerializer.Serialize(status, ImageTagSetJson.Default.ImageTagSetStatus);

    private V1Alpha1ImageTagSet Current(string name, string? resourceVersion)
    {
        if (!sets.TryGetValue(name, out var set)) throw Refusal("PUT", name, HttpStatusCode.NotFound, "NotFound");
        return set.Metadata.ResourceVersion == resourceVersion ? Copy(set)
            : throw Refusal("PUT", name, HttpStatusCode.Conflict, "Conflict");
    }

    private static KubernetesException Refusal(string verb, string name, HttpStatusCode code, string reason) =>
        new(verb, name, code, new V1Status { Reason = reason, Message = "model says no" });

    private void Store(V1Alpha1ImageTagSet set)
    {
        var name = set.Metadata.Name!;
        var old = sets.GetValueOrDefault(name);
        set.Metadata.ResourceVersion = $"{++version}";
        var isGone = set.IsTerminating() && set.Metadata.Finalizers is not { Count: > 0 };
        if (isGone) sets.Remove(name);
        else sets[name] = Copy(set);
        var change = isGone ? WatchEventType.Deleted : old is null ? WatchEventType.Added : WatchEventType.Modified;
        foreach (var observer in observers.ToArray()) observer(new EntityChange<V1Alpha1ImageTagSet>(change, Copy(set), old));
    }

    private static V1Alpha1ImageTagSet Copy(V1Alpha1ImageTagSet set) =>
        JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(set, ImageTagSetJson.Default.V1Alpha1ImageTagSet),
            ImageTagSetJson.Default.V1Alpha1ImageTagSet)!;

    private sealed class Subscription(
        List<Action<EntityChange<V1Alpha1ImageTagSet>>> observers, Action<EntityChange<V1Alpha1ImageTagSet>> observer) : IDisposable
    {
        public void Dispose() => observers.Remove(observer);
    }
}
