namespace ImageTagOperator.Kubernetes.Abstractions;

public enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>Only reports the current resourceVersion.</summary>
    Bookmark,
}
