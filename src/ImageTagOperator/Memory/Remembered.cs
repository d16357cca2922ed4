using System.Diagnostics.CodeAnalysis;

namespace ImageTagOperator.Memory;

/// <summary>Values that are good for a while. Those whose time is over are dropped before they are more than the others, and when
/// another comes after that time, so that keys which anybody can make up do not pile up. Safe for concurrent use.</summary>
internal sealed class Remembered<TKey, TValue>(TimeProvider time)
    where TKey : notnull
{
    private const int Few = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<TKey, (TValue Value, DateTimeOffset Until)> entries = [];
    private int most = Few;
    private DateTimeOffset sweep;

    /// <summary>How many there are, some of which may be over.</summary>
    public int Count
    {
        get
        {
            lock (gate) return entries.Count;
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (gate) return TryGetNow(key, out value);
    }

    public void Put(TKey key, TValue value, TimeSpan goodFor)
    {
        lock (gate) PutNow(key, value, goodFor);
    }

    /// <param name="make">Makes the value when there is none; not two at a time.</param>
    public TValue GetOrPut(TKey key, Func<TKey, TValue> make, TimeSpan goodFor)
    {
        lock (gate)
        {
            if (TryGetNow(key, out var known)) return known;
            var value = make(key);
            PutNow(key, value, goodFor);
            return value;
        }
    }

    /// <summary>Puts what <paramref name="next"/> makes of the value that there is.</summary>
    public TValue Update(TKey key, Func<TValue?, TValue> next, TimeSpan goodFor)
    {
        lock (gate)
        {
            var value = next(TryGetNow(key, out var known) ? known : default);
            PutNow(key, value, goodFor);
            return value;
        }
    }

    public void Remove(TKey key)
    {
        lock (gate) entries.Remove(key);
    }

    private bool TryGetNow(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var isThere = entries.TryGetValue(key, out var entry) && time.GetUtcNow() < entry.Until;
        value = isThere ? entry.Value : default;
        return isThere;
    }

    private void PutNow(TKey key, TValue value, TimeSpan goodFor)
    {
        var now = time.GetUtcNow();
        if (entries.Count >= most || now >= sweep)
        {
            foreach (var (old, entry) in entries)
            {
                if (now >= entry.Until) entries.Remove(old);
            }

            (most, sweep) = (Math.Max(Few, 2 * entries.Count), now + goodFor);
        }

        entries[key] = (value, now + goodFor);
    }
}
