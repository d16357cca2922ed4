using System.Diagnostics.CodeAnalysis;

namespace ImageTagOperator.Memory;

/// <summary>A cache whose entries expire. Expired entries are removed when the cache has doubled in size, or when an entry is added after
/// their lifetime, so that keys chosen by users cannot accumulate. Thread-safe.</summary>
internal sealed class ExpiringCache<TKey, TValue>(TimeProvider time)
    where TKey : notnull
{
    private const int MinCapacity = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<TKey, (TValue Value, DateTimeOffset Until)> entries = [];
    private int sweepAbove = MinCapacity;
    private DateTimeOffset sweepAt;

    /// <summary>The number of entries, expired ones included.</summary>
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

    public void Put(TKey key, TValue value, TimeSpan lifetime)
    {
        lock (gate) PutNow(key, value, lifetime);
    }

    /// <param name="make">Creates the value when there is none. It runs under the lock.</param>
    public TValue GetOrPut(TKey key, Func<TKey, TValue> make, TimeSpan lifetime)
    {
        lock (gate)
        {
            if (TryGetNow(key, out var known)) return known;
            var value = make(key);
            PutNow(key, value, lifetime);
            return value;
        }
    }

    /// <summary>Replaces the value with the result of <paramref name="next"/> for the current value.</summary>
    public TValue Update(TKey key, Func<TValue?, TValue> next, TimeSpan lifetime)
    {
        lock (gate)
        {
            var value = next(TryGetNow(key, out var known) ? known : default);
            PutNow(key, value, lifetime);
            return value;
        }
    }

    public void Remove(TKey key)
    {
        lock (gate) entries.Remove(key);
    }

    private bool TryGetNow(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var isValid = entries.TryGetValue(key, out var entry) && time.GetUtcNow() < entry.Until;
        value = isValid ? entry.Value : default;
        return isValid;
    }

    private void PutNow(TKey key, TValue value, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        if (entries.Count >= sweepAbove || now >= sweepAt)
        {
            foreach (var (old, entry) in entries)
            {
                if (now >= entry.Until) entries.Remove(old);
            }

            (sweepAbove, sweepAt) = (Math.Max(MinCapacity, 2 * entries.Count), now + lifetime);
        }

        entries[key] = (value, now + lifetime);
    }
}
