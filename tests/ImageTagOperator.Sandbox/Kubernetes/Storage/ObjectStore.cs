using System.Globalization;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>All objects, a version counter for all of them, and a bounded history that serves watches and old lists. Reads need no lock; a
/// read followed by a write needs <see cref="Gate"/>.</summary>
internal sealed class ObjectStore
{
    private const int HistoryLimit = 100_000;

    private readonly Dictionary<string, SortedDictionary<string, StoredObject>> resources = [];
    private readonly List<Change> history = [];
    private TaskCompletionSource moved = NewSignal();
    private long oldest;

    // The latest change that was dropped from the history. A client that has seen it has missed nothing.
    private long forgotten;

    public Lock Gate { get; } = new();

    /// <summary>The version of the latest change.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>The oldest version from which a watch can start.</summary>
    public long OldestVersion
    {
        get
        {
            lock (Gate) return oldest;
        }
    }

    public StoredObject? Find(string resource, string ns, string name)
    {
        lock (Gate) return Objects(resource).GetValueOrDefault(StoredObject.KeyOf(ns, name));
    }

    public int Count(string resource)
    {
        lock (Gate) return Objects(resource).Count;
    }

    public (long Version, IReadOnlyList<StoredObject> Objects) List(string resource)
    {
        lock (Gate) return (Version, [.. Objects(resource).Values]);
    }

    /// <summary>The objects at <paramref name="version"/>; null when that version is no longer in the history.</summary>
    public IReadOnlyList<StoredObject>? ListAt(string resource, long version)
    {
        lock (Gate)
        {
            if (version < oldest) return null;
            var then = new SortedDictionary<string, StoredObject>(Objects(resource), StringComparer.Ordinal);
            for (var i = history.Count - 1; i >= 0 && history[i].Version > version; i--)
            {
                if (history[i].Resource != resource) continue;
                var (before, key) = (history[i].Before, history[i].Last.Key);
                if (before is null) then.Remove(key);
                else then[key] = before;
            }

            return [.. then.Values];
        }
    }

    /// <summary>Creates or replaces an object, and sets the new version in <paramref name="json"/>.</summary>
    public StoredObject Put(string resource, JsonObject json)
    {
        lock (Gate)
        {
            var stored = Stamp(json);
            var objects = Objects(resource);
            var before = objects.GetValueOrDefault(stored.Key);
            objects[stored.Key] = stored;
            Record(new Change(Version, resource, before, stored, stored));
            return stored;
        }
    }

    /// <summary>Removes the object; <paramref name="last"/> is the state that watches see in the DELETED event.</summary>
    public void Remove(string resource, JsonObject last)
    {
        lock (Gate)
        {
            var stored = Stamp(last);
            if (Objects(resource).Remove(stored.Key, out var before)) Record(new Change(Version, resource, before, null, stored));
        }
    }

    /// <summary>Adds the changes of <paramref name="resource"/> after <paramref name="version"/>, and sets that version to the latest.
    /// False when some of them are no longer in the history. <paramref name="next"/> completes at the next change of any
    /// resource.</summary>
    public bool TryRead(string resource, ref long version, List<Change> changes, out Task next)
    {
        lock (Gate)
        {
            next = moved.Task;
            if (version < forgotten) return false;
            for (var i = IndexAfter(version); i < history.Count; i++)
            {
                if (history[i].Resource == resource) changes.Add(history[i]);
            }

            version = Math.Max(version, Version);
            return true;
        }
    }

    /// <summary>Discards the history. The counter increases by one, so every version handed out so far is too old to start from. A watch
    /// that has seen all changes continues.</summary>
    public void Expire()
    {
        lock (Gate)
        {
            history.Clear();
            forgotten = Version;
            oldest = ++Version;
        }
    }

    private StoredObject Stamp(JsonObject json)
    {
        Version++;
        json.Child("metadata")["resourceVersion"] = Version.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(json, Version);
    }

    private void Record(Change change)
    {
        history.Add(change);
        // Dropping a quarter at a time keeps the average cost of a write constant.
        if (history.Count > HistoryLimit + HistoryLimit / 4)
        {
            var surplus = history.Count - HistoryLimit;
            oldest = forgotten = history[surplus - 1].Version;
            history.RemoveRange(0, surplus);
        }

        Signal();
    }

    private void Signal()
    {
        var signal = moved;
        moved = NewSignal();
        signal.SetResult();
    }

    private int IndexAfter(long version)
    {
        var (low, high) = (0, history.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (history[middle].Version > version) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    private SortedDictionary<string, StoredObject> Objects(string resource)
    {
        if (!resources.TryGetValue(resource, out var objects))
        {
            objects = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal);
            resources.Add(resource, objects);
        }

        return objects;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
