using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator;

/// <summary>The options of <c>run</c>, except the connection to the API server.</summary>
public sealed record OperatorOptions
{
    /// <summary>The namespaces to watch; empty for all.</summary>
    /// <value>empty</value>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>The address of the health endpoints. In a pod the kubelet must reach it; elsewhere only this machine should.</summary>
    /// <value><c>http://0.0.0.0:8080</c> in a pod, else <c>http://127.0.0.1:8080</c></value>
    public string HealthAddress { get; init; } = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is null
        ? "http://127.0.0.1:8080" : "http://0.0.0.0:8080";

    /// <summary>The address of /metrics with TLS and authorization by the API server. Null serves /metrics with the health endpoints, for
    /// everyone.</summary>
    /// <value>null</value>
    public string? MetricsAddress { get; init; }

    /// <summary>The folder of its certificate (tls.crt, tls.key); null for a self-signed one.</summary>
    /// <value>null</value>
    public string? MetricsCertPath { get; init; }

    /// <summary>Whether only one of several replicas works at a time.</summary>
    /// <value>false</value>
    public bool LeaderElection { get; init; }

    /// <summary>The namespace of the Lease; null for that of the kubeconfig's context or of the service account.</summary>
    /// <value>null</value>
    public string? LeaderElectionNamespace { get; init; }

    /// <summary>The name of the Lease. Replicas share it; two installations in one namespace need different names.</summary>
    /// <value>image-tag-operator</value>
    public string LeaderElectionName { get; init; } = "image-tag-operator";

    /// <summary>Which of the sets this process reconciles.</summary>
    /// <value>all of them</value>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>How long an unresponsive cloud can delay the deletion of a set.</summary>
    /// <value>5 min</value>
    public TimeSpan DeletionDeadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The limits for one cloud.</summary>
    public CloudLimits Cloud { get; init; } = new();

    /// <summary>How often each cloud is polled for changes by others; zero for never.</summary>
    /// <value>15 s, which is 4 requests per minute for any number of sets</value>
    public TimeSpan DriftProbe { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The addresses that clouds may have; see <see cref="AllowedClouds.Of"/>. Empty allows all except those that never belong to
    /// a cloud.</summary>
    /// <value>empty</value>
    public IReadOnlyList<string> AllowedClouds { get; init; } = [];

    /// <summary>Whether the process runs in a pod.</summary>
    /// <value>true if the variable KUBERNETES_SERVICE_HOST is set, as Kubernetes does in pods</value>
    public bool IsInCluster { get; init; } = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null;
}
