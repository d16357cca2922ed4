namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Records an event about an object. Never blocks and never throws: when there are too many events, some are dropped.</summary>
/// <param name="reason">The reason in CamelCase, for programs.</param>
/// <param name="message">The message for users; cut at 1024 bytes.</param>
public delegate Task EventPublisher(
    IKubernetesObject<V1ObjectMeta> entity,
    string reason,
    string message,
    EventType type = EventType.Normal,
    CancellationToken cancellationToken = default);
