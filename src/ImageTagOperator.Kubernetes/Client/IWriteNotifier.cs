namespace ImageTagOperator.Kubernetes.Client;

/// <summary>Tells of our own writes, so that the cache is never behind them: the watch may take a while to say the same.</summary>
internal interface IWriteNotifier
{
    /// <summary>Called with what the server stored; a copy that nobody else has.</summary>
    event Action<IKubernetesObject<V1ObjectMeta>>? Written;
}
