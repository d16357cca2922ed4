namespace ImageTagOperator.Kubernetes.Abstractions;

public enum EntityScope
{
    Namespaced,
    Cluster,
}
