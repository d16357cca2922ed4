namespace ImageTagOperator.Kubernetes;

public enum EventType
{
    Normal,
    Warning,
}
