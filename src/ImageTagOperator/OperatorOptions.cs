using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Addresses;

namespace ImageTagOperator;

/// <summary>What a user of <c>run</c> can set, beside where the API server is.</summary>
public sealed record OperatorOptions
{
    /// <summary>Namespaces to watch; empty: all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Where the health endpoints listen. In a pod the kubelet must reach them; elsewhere nobody else should.</summary>
    public string HealthAddress { get; init; } = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is null
        ? "http://127.0.0.1:8080" : "http://0.0.0.0:8080";

    /// <summary>Where /metrics listens, with TLS and for whom the API server lets read it; null: beside the health endpoints, for
    /// everybody.</summary>
    public string? MetricsAddress { get; init; }

    /// <summary>The folder of the certificate for it (tls.crt, tls.key); null: one that the operator makes.</summary>
    public string? MetricsCertPath { get; init; }

    public bool LeaderElection { get; init; }

    /// <summary>The namespace of the Lease; null: that of the kubeconfig's context or of the service account.</summary>
    public string? LeaderElectionNamespace { get; init; }

    /// <summary>The name of the Lease. Replicas that share it share the work; two installations in one namespace need two.</summary>
    public string LeaderElectionName { get; init; } = "image-tag-operator";

    /// <summary>How long the deletion of a set may be held up by a cloud that does not do its part.</summary>
    /// <value>5 min</value>
    public TimeSpan DeletionDeadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What is asked of one cloud at most.</summary>
    public CloudLimits Cloud { get; init; } = new();

    /// <summary>How often each cloud is asked what others changed; zero: never.</summary>
    /// <value>15 s, which is 4 requests a minute however many sets there are</value>
    public TimeSpan DriftProbe { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Where clouds may be; see <see cref="AllowedClouds.Of"/>. Empty: anywhere but where none can be.</summary>
    public IReadOnlyList<string> AllowedClouds { get; init; } = [];

    /// <summary>In a pod, as Kubernetes tells each.</summary>
    public bool IsInCluster { get; init; } = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null;
}
