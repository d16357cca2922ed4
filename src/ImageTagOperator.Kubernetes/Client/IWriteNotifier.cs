namespace ImageTagOperator.Kubernetes.Client;

/// <summary>Reports our own writes, so that the cache is not behind them until the watch reports the same.</summary>
internal interface IWriteNotifier
{
    /// <summary>Raised with a private copy of what the server stored.</summary>
    event Action<IKubernetesObject<V1ObjectMeta>>? Written;
}
