namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>How one of several replicas is chosen to work. The defaults are those of client-go.</summary>
public sealed class LeaderElectionSettings
{
    public bool Enabled { get; set; }

    /// <summary>The operator's name when null.</summary>
    public string? LeaseName { get; set; }

    /// <summary>The namespace of the client configuration when null.</summary>
    public string? LeaseNamespace { get; set; }

    /// <summary>Tells this replica from others; the host's name and a random suffix when null.</summary>
    public string? Identity { get; set; }

    /// <summary>How long others wait, from the last renewal that they saw, before they take over.</summary>
    /// <value>15 s</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the leader goes on without a renewal that succeeded.</summary>
    /// <value>10 s</value>
    public TimeSpan RenewDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <value>2 s</value>
    public TimeSpan RetryPeriod { get; set; } = TimeSpan.FromSeconds(2);
}
