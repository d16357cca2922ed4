using System.Collections.Concurrent;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>An image of the sandbox cloud. Everything can be read and changed while the server runs; none of it counts as a call.</summary>
public sealed class SandboxImage
{
    private readonly Lock gate = new();
    private readonly List<string> rows = [];

    internal SandboxImage(string? name, SandboxProject owner, DateTimeOffset created)
        : this(name, created) => Owner = owner.Id;

    private SandboxImage(string? name, DateTimeOffset created)
    {
        Name = name;
        CreatedAt = UpdatedAt = created;
    }

    /// <summary>A UUID.</summary>
    public string Id { get; init; } = Guid.NewGuid().ToString();

    public string? Name { get; set; }

    /// <summary>A project's id.</summary>
    public string Owner { get; set; } = "";

    /// <summary><c>public</c>, <c>community</c>, <c>shared</c> or <c>private</c>.</summary>
    public string Visibility { get; set; } = "shared";

    /// <summary><c>active</c>, <c>queued</c>, <c>saving</c>, <c>importing</c>, <c>deactivated</c>, <c>killed</c>...</summary>
    public string Status { get; set; } = "active";

    public bool Protected { get; set; }

    public bool Hidden { get; set; }

    public string? DiskFormat { get; set; } = "qcow2";

    public string? ContainerFormat { get; set; } = "bare";

    public string? Checksum { get; set; }

    public string? HashAlgorithm { get; set; }

    public string? Hash { get; set; }

    /// <summary>In bytes.</summary>
    public long? Size { get; set; }

    public int MinDisk { get; set; }

    public int MinRam { get; set; }

    /// <summary>Truncated to whole seconds, the precision of the database.</summary>
    public DateTimeOffset CreatedAt
    {
        get;
        set => field = WholeSeconds(value);
    }

    /// <summary>Truncated to whole seconds. Every accepted write updates it.</summary>
    public DateTimeOffset UpdatedAt
    {
        get;
        set => field = WholeSeconds(value);
    }

    /// <summary>Custom properties. In the API they are members of the image beside the built-in ones.</summary>
    public ConcurrentDictionary<string, string> Properties { get; } = new();

    /// <summary>Projects that a shared image is shared with: project id to <c>pending</c>, <c>accepted</c> or <c>rejected</c>.</summary>
    public ConcurrentDictionary<string, string> Members { get; } = new();

    /// <summary>A snapshot, in no particular order. A duplicate tag (see <see cref="SetTags"/>) appears once.</summary>
    public IReadOnlyList<string> Tags => [.. TagRows.Distinct()];

    /// <summary>The rows of the database: a race can leave a tag there twice.</summary>
    internal IReadOnlyList<string> TagRows
    {
        get
        {
            lock (gate) return [.. rows];
        }
    }

    /// <summary>Replaces the tags without the API; <see cref="UpdatedAt"/> does not change. Nothing is validated: it accepts tags that no
    /// path can contain (<c>..</c>, <c>a/b</c>, <c>ü</c>, an empty one), more tags than the quota, and duplicates. A race leaves duplicates
    /// too; they cannot be deleted.</summary>
    public void SetTags(params IEnumerable<string> tags) => WithRows(list =>
    {
        list.Clear();
        list.AddRange(tags);
    });

    /// <summary>Runs <paramref name="change"/> on the rows under the lock.</summary>
    internal void WithRows(Action<List<string>> change)
    {
        lock (gate) change(rows);
    }

    /// <summary>A copy on which changes are validated before they are applied.</summary>
    internal SandboxImage Copy()
    {
        var copy = new SandboxImage(Name, CreatedAt) { Id = Id };
        copy.CopyFrom(this);
        copy.SetTags(TagRows);
        return copy;
    }

    /// <summary>Copies everything that a client can set, except the tags.</summary>
    internal void CopyFrom(SandboxImage other)
    {
        (Name, Owner, Visibility, Status) = (other.Name, other.Owner, other.Visibility, other.Status);
        (Protected, Hidden, MinDisk, MinRam) = (other.Protected, other.Hidden, other.MinDisk, other.MinRam);
        (DiskFormat, ContainerFormat) = (other.DiskFormat, other.ContainerFormat);
        foreach (var name in Properties.Keys.Except(other.Properties.Keys)) Properties.TryRemove(name, out _);
        foreach (var (name, value) in other.Properties) Properties[name] = value;
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => time.AddTicks(-(time.UtcTicks % TimeSpan.TicksPerSecond));
}
