namespace ImageTagOperator.Kubernetes.Abstractions;

public enum EventType
{
    Normal,
    Warning,
}
