namespace ImageTagOperator.Kubernetes.Queueing;

/// <summary>The ready keys of one group, and the number of running ones.</summary>
internal sealed class KeyGroup<TKey>(string name)
    where TKey : notnull
{
    private readonly LinkedList<TKey>[] ready = [.. Enum.GetValues<Urgency>().Select(_ => new LinkedList<TKey>())];
    private readonly Dictionary<TKey, LinkedListNode<TKey>> nodes = [];

    /// <summary>The order of turns: fewest running, then most urgent, then longest without a turn.</summary>
    public static IComparer<KeyGroup<TKey>> ByTurn { get; } = Comparer<KeyGroup<TKey>>.Create(static (left, right) =>
        (left.Running, left.MostUrgent, left.LastTurn).CompareTo((right.Running, right.MostUrgent, right.LastTurn)) is not 0 and var order
            ? order
            : string.CompareOrdinal(left.Name, right.Name));

    public string Name => name;

    public int Running { get; set; }

    /// <summary>The number of the group's last turn.</summary>
    public long LastTurn { get; set; }

    public bool HasReady => nodes.Count > 0;

    private int MostUrgent => Array.FindIndex(ready, static keys => keys.Count > 0);

    public void Enqueue(TKey key, Urgency urgency) => nodes[key] = ready[(int)urgency].AddLast(key);

    public void Remove(TKey key, Urgency urgency)
    {
        if (nodes.Remove(key, out var node)) ready[(int)urgency].Remove(node);
    }

    public TKey Dequeue()
    {
        var keys = ready[MostUrgent];
        var key = keys.First!.Value;
        keys.RemoveFirst();
        nodes.Remove(key);
        return key;
    }
}
