namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Records an event about an object. Never blocks and never throws: events are dropped when too many come at once.</summary>
/// <param name="reason">CamelCase, for programs.</param>
/// <param name="message">For people; cut at 1024 bytes.</param>
public delegate Task EventPublisher(
    IKubernetesObject<V1ObjectMeta> entity,
    string reason,
    string message,
    EventType type = EventType.Normal,
    CancellationToken cancellationToken = default);
