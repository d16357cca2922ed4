using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Yaml;
using k8s.Models;

namespace ImageTagOperator.Scenarios;

/// <summary>A Kubernetes API and a cloud with a new namespace and project, and the operator as a process. The scenarios do not know whether
/// the servers are real.</summary>
public abstract class World : IAsyncDisposable
{
    public const string SecretName = "openstack-clouds";

    private readonly List<OperatorProcess> operators = [];

    /// <summary>Path of an administrator's kubeconfig.</summary>
    public required string Kubeconfig { get; init; }

    /// <summary>A clouds.yaml with the clouds demo, other and admin.</summary>
    public required string CloudsYaml { get; init; }

    public required IKubernetesClient Kubernetes { get; init; }

    /// <summary>A client of the cloud with an administrator's permissions.</summary>
    public required GlanceClient Glance { get; init; }

    public string Namespace { get; } = $"t-{Guid.NewGuid():N}"[..14];

    /// <summary>The namespace of another team; <see cref="CreateOtherNamespaceAsync"/> creates it.</summary>
    public string OtherNamespace => $"{Namespace}-b";

    /// <summary>How many images a scenario about many images uses.</summary>
    public virtual int Many => 40;

    /// <summary>Calls about one image that reached Glance, except those of <see cref="Glance"/> and probes: <c>PUT /v2/images/ID/tags/x
    /// 204</c>, in order.</summary>
    public abstract Task<IReadOnlyList<string>> CloudCallsAsync(string imageId);

    /// <summary>A list of the whole cloud. It can name any image: to prove that the filter works, or as the start of a page.</summary>
    protected internal static bool IsOfWholeCloud(string call) =>
        call.Contains("updated_at=", StringComparison.Ordinal) || call.Contains("marker=", StringComparison.Ordinal);

    /// <summary>Writes of the operator to objects of <see cref="Namespace"/>: <c>update imagetagsets/NAME/status</c>.</summary>
    public abstract Task<IReadOnlyList<string>> OperatorWritesAsync();

    public async Task CreateNamespaceAsync()
    {
        await Kubernetes.CreateAsync(new V1Namespace { Metadata = new() { Name = Namespace } });
        await CreateSecretAsync(CloudsYaml);
    }

    public async Task CreateOtherNamespaceAsync()
    {
        await Kubernetes.CreateAsync(new V1Namespace { Metadata = new() { Name = OtherNamespace } });
        await CreateSecretAsync(CloudsYaml, OtherNamespace);
    }

    /// <summary>Starts the deletion of <see cref="Namespace"/> while a pod is in it: Kubernetes 1.33 and later keep the other objects until
    /// the pod is gone.</summary>
    public abstract Task EndNamespaceAsync();

    public Task CreateSecretAsync(string cloudsYaml, string? inNamespace = null) => Kubernetes.CreateAsync(new V1Secret
    {
        Metadata = new() { Name = SecretName, NamespaceProperty = inNamespace ?? Namespace },
        StringData = new Dictionary<string, string> { ["clouds.yaml"] = cloudsYaml },
    });

    public Task DeleteSecretAsync() => Kubernetes.DeleteAsync<V1Secret>(new NamespacedName(Namespace, SecretName));

    /// <summary>The operator's executable.</summary>
    public string Executable { get; set; } = OperatorProcess.Executable;

    /// <summary>Starts the operator for this namespace and waits until it is ready.</summary>
    public Task<OperatorProcess> StartOperatorAsync(params string[] arguments) => StartOperatorAsUserAsync(Kubeconfig, arguments);

    /// <summary>Starts the operator as the user of the kubeconfig.</summary>
    public Task<OperatorProcess> StartOperatorAsUserAsync(string kubeconfig, params string[] arguments) =>
        StartOperatorAsUserAsync(kubeconfig, true, arguments);

    /// <summary>Starts the operator as a pod in <see cref="Namespace"/> would run it.</summary>
    public async Task<OperatorProcess> StartOperatorInNamespaceAsync(params string[] arguments)
    {
        var kubeconfig = Path.Combine(Path.GetTempPath(), $"kubeconfig-{Namespace}");
        var configuration = KubernetesYaml.LoadAll(await File.ReadAllTextAsync(Kubeconfig))[0]!.AsObject();
        foreach (var context in configuration["contexts"]!.AsArray()) context!["context"]!["namespace"] = Namespace;
        await File.WriteAllTextAsync(kubeconfig, configuration.ToJsonString());
        var process = await StartOperatorAsUserAsync(kubeconfig, arguments);
        File.Delete(kubeconfig);
        return process;
    }

    /// <param name="untilReady">False when it never becomes ready.</param>
    public async Task<OperatorProcess> StartOperatorAsUserAsync(string kubeconfig, bool untilReady, params string[] arguments)
    {
        var process = await OperatorProcess.StartAsync(
            Executable, ["run", "--kubeconfig", kubeconfig, "-n", Namespace, .. arguments], untilReady: untilReady);
        operators.Add(process);
        return process;
    }

    /// <summary>A set in this namespace for an image's name or id; it can be changed before it is created.</summary>
    public V1Alpha1ImageTagSet Set(string name, string image, params string[] tags) => new()
    {
        Metadata = new() { Name = name, NamespaceProperty = Namespace },
        Spec =
        {
            CloudCredentialsRef = new CloudCredentialsRef { SecretName = SecretName, CloudName = "demo" },
            Image = Guid.TryParse(image, out _) ? new ImageReference { Id = image } : new ImageReference { Name = image },
            Tags = tags,
            Interval = "10s",
        },
    };

    public Task<V1Alpha1ImageTagSet> CreateAsync(V1Alpha1ImageTagSet set) => Kubernetes.CreateAsync(set);

    /// <summary>Changes the spec as <c>kubectl edit</c> would.</summary>
    public Task EditAsync(string name, JsonObject spec) =>
        Kubernetes.PatchAsync<V1Alpha1ImageTagSet>(new NamespacedName(Namespace, name), new JsonObject { ["spec"] = spec });

    public async Task<V1Alpha1ImageTagSet> GetAsync(string name) =>
        await Kubernetes.GetAsync<V1Alpha1ImageTagSet>(name, Namespace)
            ?? throw new InvalidOperationException($"ImageTagSet {name} does not exist");

    public Task DeleteAsync(string name) => Kubernetes.DeleteAsync<V1Alpha1ImageTagSet>(new NamespacedName(Namespace, name));

    /// <summary>Requests a reconcile of the set, as <c>kubectl annotate</c> does.</summary>
    public Task RequestAsync(string name, string at) => Kubernetes.PatchAsync<V1Alpha1ImageTagSet>(
        new NamespacedName(Namespace, name),
        new JsonObject { [
            "metadata"] = new JsonObject { ["annotations"] = new JsonObject { [V1Alpha1ImageTagSet.RequestedAtAnnotation] = at } } });

    /// <summary>The messages of the Events with this reason so far, in order, repeated by their counts.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync(string reason) =>
        [.. (await Kubernetes.ListAsync<Eventsv1Event>(Namespace)).Items.Where(reported => reported.Reason == reason)
            .OrderBy(reported => reported.EventTime)
            .SelectMany(reported => Enumerable.Repeat(reported.Note ?? "", reported.Series?.Count ?? 1))];

    /// <summary>Waits until that many Events with this reason were sent.</summary>
    public Task<IReadOnlyList<string>> WaitForEventsAsync(string reason, int times = 1) => UntilAsync(
        () => EventsAsync(reason),
        reported => reported.Count >= times,
        $"{times} Events {reason}",
        reported => $"there are: {string.Join("; ", reported)}");

    /// <summary>Waits until the set's Ready condition has this status and reason for its current generation.</summary>
    public Task<V1Alpha1ImageTagSet> ReadyAsync(string name, string status, string? reason = null, string? inNamespace = null) =>
        UntilAsync(
        () => Kubernetes.GetAsync<V1Alpha1ImageTagSet>(name, inNamespace ?? Namespace),
        set => set is not null && Ready(set) is { } ready && ready.ObservedGeneration == set.Metadata.Generation && ready.Status == status
            && (reason is null || ready.Reason == reason),
        $"ImageTagSet {name} to be Ready={status} {reason}",
        set => set is null ? "it is gone"
            : "its conditions are "
            + $"{string.Join("; ", (set.Status.Conditions ?? []).Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}"))}")!;

    public Task GoneAsync(string name) => UntilAsync(
        () => Kubernetes.GetAsync<V1Alpha1ImageTagSet>(name, Namespace),
        set => set is null,
        $"ImageTagSet {name} to be gone",
        set => $"it has finalizers {string.Join(", ", set?.Metadata.Finalizers ?? [])}");

    /// <summary>Waits until the image has exactly these tags.</summary>
    public Task TagsAsync(string imageId, params string[] tags) => TagsAsync(Glance, imageId, tags);

    /// <summary>Waits until the image has exactly these tags, as seen by a given client.</summary>
    public Task TagsAsync(GlanceClient by, string imageId, params string[] tags) => UntilAsync(
        () => by.GetTagsAsync(imageId),
        live => live.Order(StringComparer.Ordinal).SequenceEqual(tags.Order(StringComparer.Ordinal)),
        $"image {imageId} to have the tags [{string.Join(", ", tags)}]",
        live => $"it has [{string.Join(", ", live)}]");

    public static V1Condition? Ready(V1Alpha1ImageTagSet set) => Condition(set, "Ready");

    public static V1Condition? Condition(V1Alpha1ImageTagSet set, string type) =>
        set.Status.Conditions?.FirstOrDefault(condition => condition.Type == type);

    /// <summary>Polls until the condition holds; fails with the last observation and the operator's log.</summary>
    public Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> holds, string expectation, Func<T, string> describe) =>
        Eventually.HoldsAsync(
        read, holds, expectation, value => $"{describe(value)}. The operator's log:\n{string.Join("\n", operators.Select(o => o.Log))}");

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var process in operators) await process.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
