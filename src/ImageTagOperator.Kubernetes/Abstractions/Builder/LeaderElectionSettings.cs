namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The settings of the leader election. The defaults are those of client-go.</summary>
public sealed class LeaderElectionSettings
{
    /// <value>false</value>
    public bool Enabled { get; set; }

    /// <summary>The name of the Lease; null for the operator's name.</summary>
    public string? LeaseName { get; set; }

    /// <summary>The namespace of the Lease; null for that of the client configuration.</summary>
    public string? LeaseNamespace { get; set; }

    /// <summary>Identifies this replica; null for the host name with a random suffix.</summary>
    public string? Identity { get; set; }

    /// <summary>The identity that this process shares with others that work beside it on other objects; null for none. They all hold the
    /// Lease <see cref="GroupLeaseName"/> in common besides their own, so that no process with another identity works.</summary>
    /// <value>null</value>
    public string? GroupIdentity { get; set; }

    /// <summary>The name of the common Lease, in the same namespace; null for the operator's name.</summary>
    public string? GroupLeaseName { get; set; }

    /// <summary>How long others wait after the last renewal that they saw before they take over.</summary>
    /// <value>15 s</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the leader continues without a successful renewal.</summary>
    /// <value>10 s</value>
    public TimeSpan RenewDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause between two attempts to acquire or renew the lease.</summary>
    /// <value>2 s</value>
    public TimeSpan RetryPeriod { get; set; } = TimeSpan.FromSeconds(2);
}
