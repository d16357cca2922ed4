namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>What an operator's author sets.</summary>
public sealed class OperatorSettings
{
    /// <summary>Goes into the User-Agent, events and the default lease name.</summary>
    public string Name { get; set; } = "operator";

    /// <summary>Goes into the User-Agent.</summary>
    public string Version { get; set; } = "0.0.0";

    /// <summary>The namespaces to watch, one watch each; empty: all of them.</summary>
    public IReadOnlyList<string> Namespaces { get; set; } = [];

    /// <summary>How many objects of one kind are reconciled at a time.</summary>
    /// <value>8</value>
    public int MaxParallelReconciliations { get; set; } = 8;

    /// <summary>How many of one kind in one namespace are.</summary>
    /// <value>as many as of the kind</value>
    public int MaxParallelPerNamespace { get; set; } = int.MaxValue;

    /// <summary>How long one reconcile may take. It is cancelled then, and retried.</summary>
    /// <value>5 min</value>
    public TimeSpan ReconcileTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a reconcile may go on whose object was deleted or edited meanwhile. Most end by themselves in that time, and then
    /// tell what they did.</summary>
    /// <value>2 s</value>
    public TimeSpan SupersededGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>After so long in which no reconcile ended although there was something to do, the operator does not count as
    /// alive.</summary>
    /// <value>15 min</value>
    public TimeSpan ProgressTimeout { get; set; } = TimeSpan.FromMinutes(15);

    public ReconcileStrategy ReconcileStrategy { get; set; } = ReconcileStrategy.ByGeneration;

    /// <summary>A change of this annotation makes the object reconciled; null: no annotation does.</summary>
    public string? ReconcileRequestAnnotation { get; set; }

    /// <summary>Puts every registered finalizer on an object before it is first reconciled.</summary>
    /// <value>true</value>
    public bool AutoAttachFinalizers { get; set; } = true;

    /// <summary>The pause after the first failure of an object; it doubles with each further one.</summary>
    /// <value>5 ms</value>
    public TimeSpan FailureBackoffInitial { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The longest pause after a failure.</summary>
    /// <value>1000 s</value>
    public TimeSpan FailureBackoffMaximum { get; set; } = TimeSpan.FromSeconds(1000);

    /// <summary>A shorter longest pause for an object, such as its own interval; null: <see cref="FailureBackoffMaximum"/> alone.</summary>
    public Func<IKubernetesObject<V1ObjectMeta>, TimeSpan?>? FailureBackoffCap { get; set; }

    /// <summary>How long running reconciles may go on when the process is asked to stop. The pod's grace period must be longer.</summary>
    /// <value>25 s</value>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long the API server may take to answer a request that is not a watch.</summary>
    /// <value>30 s</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public LeaderElectionSettings LeaderElection { get; } = new();
}
