namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The settings of an operator.</summary>
public sealed class OperatorSettings
{
    /// <summary>The name in the User-Agent, in events and in the default name of the lease.</summary>
    /// <value>operator</value>
    public string Name { get; set; } = "operator";

    /// <summary>The version in the User-Agent.</summary>
    /// <value>0.0.0</value>
    public string Version { get; set; } = "0.0.0";

    /// <summary>The namespaces to watch, one watch each; empty for all.</summary>
    /// <value>empty</value>
    public IReadOnlyList<string> Namespaces { get; set; } = [];

    /// <summary>How many objects of one kind are reconciled at a time.</summary>
    /// <value>8</value>
    public int MaxParallelReconciliations { get; set; } = 8;

    /// <summary>How many objects of one kind in one namespace are reconciled at a time.</summary>
    /// <value>no limit besides <see cref="MaxParallelReconciliations"/></value>
    public int MaxParallelPerNamespace { get; set; } = int.MaxValue;

    /// <summary>The timeout of one reconcile, which is then cancelled and retried.</summary>
    /// <value>5 min</value>
    public TimeSpan ReconcileTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a reconcile may continue after its object was deleted or edited. Most end by themselves in that time and then
    /// report what they did.</summary>
    /// <value>2 s</value>
    public TimeSpan SupersededGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The operator is reported as not alive when no reconcile has ended for this long although there is work.</summary>
    /// <value>15 min</value>
    public TimeSpan ProgressTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Which changes of an object trigger a reconcile.</summary>
    /// <value><see cref="ReconcileStrategy.ByGeneration"/></value>
    public ReconcileStrategy ReconcileStrategy { get; set; } = ReconcileStrategy.ByGeneration;

    /// <summary>Which objects this process reconciles; null for all. An object for which the answer becomes true is queued.</summary>
    /// <value>null</value>
    public Func<IKubernetesObject<V1ObjectMeta>, bool>? IsOurs { get; set; }

    /// <summary>The annotation whose change triggers a reconcile; null for none.</summary>
    /// <value>null</value>
    public string? ReconcileRequestAnnotation { get; set; }

    /// <summary>Whether every registered finalizer is attached to an object before its first reconcile.</summary>
    /// <value>true</value>
    public bool AutoAttachFinalizers { get; set; } = true;

    /// <summary>The pause after the first failure of an object; it doubles with each further failure.</summary>
    /// <value>5 ms</value>
    public TimeSpan FailureBackoffInitial { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The longest pause after a failure.</summary>
    /// <value>1000 s</value>
    public TimeSpan FailureBackoffMaximum { get; set; } = TimeSpan.FromSeconds(1000);

    /// <summary>A lower maximum pause for an object, such as its own interval; null for <see cref="FailureBackoffMaximum"/>.</summary>
    /// <value>null</value>
    public Func<IKubernetesObject<V1ObjectMeta>, TimeSpan?>? FailureBackoffCap { get; set; }

    /// <summary>How long running reconciles may continue after the process is asked to stop. The pod's grace period must be
    /// longer.</summary>
    /// <value>25 s</value>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>The timeout of a request to the API server that is not a watch.</summary>
    /// <value>30 s</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public LeaderElectionSettings LeaderElection { get; } = new();
}
