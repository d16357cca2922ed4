namespace ImageTagOperator.Kubernetes;

public enum EntityScope
{
    Namespaced,
    Cluster,
}
