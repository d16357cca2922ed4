using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>What the images must have when nothing goes wrong and all comes to rest after each change: set algebra over who declares and
/// who manages what.</summary>
internal sealed class Ledger
{
    private readonly List<HashSet<string>> live = [];
    private readonly Dictionary<(int Set, int Image), HashSet<string>> managed = [];
    private readonly Dictionary<(int Set, int Image), HashSet<string>> original = [];
    private readonly Dictionary<int, Target> applied = [];
    private readonly HashSet<(int Set, int Image)> edited = [];
    private SortedDictionary<int, Declared> known = [];

    /// <summary>Tags that may stay or not: their set has left for images on which it is not heard.</summary>
    public HashSet<(int Image, string Tag)> Open { get; } = [];

    public IReadOnlyList<IReadOnlySet<string>> Live => live;

    public void Settle(IReadOnlyDictionary<int, Declared> alive, IEnumerable<string[]> imported)
    {
        live.AddRange(imported.Select(tags => tags.ToHashSet()));
        foreach (var (set, spec) in alive) NoteOriginal(set, spec);
        for (var image = 0; image < live.Count; image++) Write(image, Claiming(alive, image));
        foreach (var (set, spec) in alive.Where(entry => entry.Value.Image.Select(live.Count) is not null)) MoveOn(alive, set, spec);
        foreach (var (set, spec) in known.Where(entry => !alive.ContainsKey(entry.Key)))
        {
            foreach (var image in ImagesOf(set))
            {
                if (spec.OnDeletion != TagDeletionPolicy.Retain) Leave(alive, set, image);
                managed.Remove((set, image));
            }
        }

        known = new SortedDictionary<int, Declared>(alive.ToDictionary());
    }

    /// <summary>Of what is open: how it came.</summary>
    public void Adopt(ModelImage image)
    {
        var open = Open.Where(entry => entry.Image == image.Index).Select(entry => entry.Tag).ToArray();
        live[image.Index].ExceptWith(open);
        live[image.Index].UnionWith(open.Intersect(image.Rows));
    }

    private int[] ImagesOf(int set) => [.. managed.Keys.Where(key => key.Set == set).Select(key => key.Image)];

    private Dictionary<int, Declared> Claiming(IReadOnlyDictionary<int, Declared> alive, int image) =>
        alive.Where(entry => (entry.Value.Image.Select(live.Count) ?? []).Contains(image)).ToDictionary();

    private void NoteOriginal(int set, Declared spec)
    {
        if (spec.Image.Select(live.Count) is not { } images) return;
        foreach (var image in images)
        {
            if (spec.OnDeletion == TagDeletionPolicy.Restore) original.TryAdd(
                (set, image), [.. live[image].Except(managed.GetValueOrDefault((set, image), []))]);
        }

        if (spec.OnDeletion == TagDeletionPolicy.Restore) return;
        foreach (var key in original.Keys.Where(key => key.Set == set).ToArray()) original.Remove(key);
    }

    private void Write(int image, Dictionary<int, Declared> claiming)
    {
        var heard = Claims.Heard(claiming);
        foreach (var set in claiming.Keys) managed.TryAdd((set, image), []);
        foreach (var set in heard.Where(set => claiming[set].Image.Select(live.Count) is not null))
        {
            var spec = claiming[set];
            var others = heard.Where(other => other != set).SelectMany(other => claiming[other].Tags);
            var going = spec.IsExact ? live[image] : managed[(set, image)];
            live[image].ExceptWith([.. going.Except(spec.Tags).Except(others).Where(tag => !spec.Ignores(tag))]);
            live[image].UnionWith(spec.Tags);
            managed[(set, image)] = [.. spec.Tags];
        }
    }

    private void MoveOn(IReadOnlyDictionary<int, Declared> alive, int set, Declared spec)
    {
        var images = spec.Image.Select(live.Count)!;
        var isThere = images.Length == 0 || images.Any(image => live[image].IsSupersetOf(spec.Tags));
        var isEdited = applied.TryGetValue(set, out var before) && before != spec.Image;
        applied[set] = spec.Image;
        foreach (var image in images) edited.Remove((set, image));
        foreach (var image in ImagesOf(set).Except(images))
        {
            if (isEdited) edited.Add((set, image));
            if (edited.Contains((set, image)) && spec.OnDeletion == TagDeletionPolicy.Retain) managed.Remove((set, image));
            else if (isThere) Leave(alive, set, image);
            else Hold(alive, set, spec, image);
        }
    }

    /// <summary>As long as none of the set's images has its tags, only what it declares no longer goes.</summary>
    private void Hold(IReadOnlyDictionary<int, Declared> alive, int set, Declared spec, int image)
    {
        live[image].ExceptWith([.. managed[(set, image)].Except(spec.Tags).Except(DeclaredFor(alive, set, image))]);
        Open.UnionWith(managed[(set, image)].Intersect(spec.Tags).Select(tag => (image, tag)));
    }

    /// <summary>What somebody with a say declares stays.</summary>
    private void Leave(IReadOnlyDictionary<int, Declared> alive, int set, int image)
    {
        var before = original.GetValueOrDefault((set, image), []);
        live[image].ExceptWith([.. managed[(set, image)].Except(before).Except(DeclaredFor(alive, set, image))]);
        live[image].UnionWith(before);
        managed.Remove((set, image));
        original.Remove((set, image));
    }

    private string[] DeclaredFor(IReadOnlyDictionary<int, Declared> alive, int set, int image)
    {
        var claiming = Claiming(alive, image);
        return [.. Claims.Heard(claiming).Where(other => other != set).SelectMany(other => claiming[other].Tags)];
    }
}
