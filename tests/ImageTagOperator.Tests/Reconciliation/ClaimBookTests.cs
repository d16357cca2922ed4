using ImageTagOperator.Entities;
using ImageTagOperator.Reconciliation;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>Who claims which image, from what the cache shows and what reconciles found.</summary>
public sealed class ClaimBookTests : IDisposable
{
    private const string Endpoint = "http://glance/v2";
    private const string Image = "11111111-1111-4111-8111-111111111111";
    private const string Other = "22222222-2222-4222-8222-222222222222";

    private readonly Cache cache = new();
    private readonly Queue queue = new();
    private readonly ClaimBook book;

    public ClaimBookTests() => book = new ClaimBook(cache, queue);

    public void Dispose() => book.Dispose();

    [Fact]
    public void A_replica_that_only_stands_by_knows_the_claims_from_the_cache()
    {
        cache.Tell(WatchEventType.Added, Set("a", id: Image));
        cache.Tell(WatchEventType.Added, Set("b", statusIds: Image));
        Assert.Equal(["ns/a"], Owners("b", Image));
        Assert.Equal(["ns/b"], Owners("a", Image));
        Assert.Empty(Owners("a", Other));
    }

    [Fact]
    public void What_a_reconcile_found_counts_and_what_the_status_still_says_does_not()
    {
        var set = Set("a", statusIds: Image);
        cache.Tell(WatchEventType.Added, set);
        book.Enter(set, Endpoint, [Other]);
        Assert.Empty(Owners("b", Image));
        Assert.Equal(["ns/a"], Owners("b", Other));

        // Its own status write comes back from the cache with the old image still in it.
        cache.Tell(WatchEventType.Modified, set);
        Assert.Empty(Owners("b", Image));

        // A new declaration may mean the old image again, until it was looked at.
        set.Metadata.Generation++;
        cache.Tell(WatchEventType.Modified, set);
        Assert.Equal(["ns/a"], Owners("b", Image));
    }

    [Fact]
    public void Those_who_share_an_image_are_looked_at_when_a_claim_comes_changes_or_goes()
    {
        var (first, second) = (Set("a", id: Image), Set("b", id: Image));
        cache.Tell(WatchEventType.Added, first);
        Assert.Empty(queue.Taken());
        cache.Tell(WatchEventType.Added, second);
        Assert.Equal(["ns/a"], queue.Taken());
        second.Spec.Tags = ["other"];
        cache.Tell(WatchEventType.Modified, second);
        Assert.Equal(["ns/a"], queue.Taken());
        cache.Tell(WatchEventType.Modified, second);
        Assert.Empty(queue.Taken());
        cache.Tell(WatchEventType.Deleted, second);
        Assert.Equal(["ns/a"], queue.Taken());
    }

    [Fact]
    public void Who_only_observes_or_is_about_to_go_claims_nothing()
    {
        var (observing, leaving) = (Set("a", id: Image), Set("b", id: Image));
        observing.Spec.Mode = TagSetMode.Observe;
        leaving.Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        cache.Tell(WatchEventType.Added, observing);
        cache.Tell(WatchEventType.Added, leaving);
        Assert.Empty(Owners("c", Image));
    }

    [Fact]
    public void A_reconcile_that_was_overtaken_by_an_edit_or_a_deletion_claims_nothing()
    {
        var set = Set("a", id: Image);
        var overtaken = Set("a", id: Image);
        cache.Tell(WatchEventType.Added, set);
        (set.Metadata.Generation, set.Spec.Image.Id) = (2, Other);
        cache.Tell(WatchEventType.Modified, set);
        book.Enter(overtaken, Endpoint, [Image]);
        Assert.Empty(Owners("b", Image));
        Assert.Equal(["ns/a"], Owners("b", Other));

        (set.Metadata.Generation, set.Metadata.DeletionTimestamp) = (3, DateTime.UnixEpoch);
        cache.Tell(WatchEventType.Modified, set);
        book.Enter(overtaken, Endpoint, [Image]);
        Assert.Empty(Owners("b", Image));
    }

    [Fact]
    public void A_set_is_overtaken_by_its_edit_and_its_deletion_and_by_nothing_else()
    {
        var (read, now) = (Set("a", id: Image), Set("a", id: Image));
        cache.Tell(WatchEventType.Added, now);
        Assert.False(book.IsOvertaken(read));
        book.Enter(read, Endpoint, [Image]);
        now.Status.ImageCount = 1;
        cache.Tell(WatchEventType.Modified, now);
        Assert.False(book.IsOvertaken(read));

        now.Metadata.Generation++;
        cache.Tell(WatchEventType.Modified, now);
        Assert.True(book.IsOvertaken(read));
        Assert.False(book.IsOvertaken(now));

        var dying = Set("a", id: Image);
        (dying.Metadata.Generation, dying.Metadata.DeletionTimestamp) = (now.Metadata.Generation, DateTime.UnixEpoch);
        cache.Tell(WatchEventType.Modified, dying);
        Assert.True(book.IsOvertaken(now));
        Assert.False(book.IsOvertaken(dying));
        cache.Tell(WatchEventType.Deleted, dying);
        Assert.True(book.IsOvertaken(now));
    }

    [Fact]
    public void Of_an_image_that_only_a_status_from_before_an_edit_names_a_set_claims_what_it_manages_there()
    {
        var set = Set("a");
        set.Spec.Tags = ["golden", "lts"];
        (set.Metadata.Generation, set.Status.ObservedGeneration) = (2, 1);
        set.Status.Images = [new ImageState { Id = Image, ManagedTags = ["golden", "old"] }];
        cache.Tell(WatchEventType.Added, set);
        Assert.Equal(["golden"], Assert.Single(book.Others(new NamespacedName("ns", "b"), Endpoint, Image)).Tags);

        book.Enter(set, Endpoint, [Image]);
        Assert.Equal(["golden", "lts"], Assert.Single(book.Others(new NamespacedName("ns", "b"), Endpoint, Image)).Tags.Order());
    }

    [Fact]
    public void An_image_of_the_same_id_in_another_cloud_is_another_image()
    {
        var set = Set("a", id: Image);
        cache.Tell(WatchEventType.Added, set);
        Assert.Equal(["ns/a"], Owners("b", Image));     // its cloud is not known yet
        book.Enter(set, "http://elsewhere/v2", [Image]);
        Assert.Empty(Owners("b", Image));
    }

    private IEnumerable<string> Owners(string self, string image) =>
        book.Others(new NamespacedName("ns", self), Endpoint, image).Select(claim => claim.Owner).Order();

    private static V1Alpha1ImageTagSet Set(string name, string? id = null, params string[] statusIds) => new()
    {
        Metadata = new() { Name = name, NamespaceProperty = "ns", Uid = name, Generation = 1 },
        Spec = { Tags = ["golden"], Image = new ImageReference { Id = id, Name = id is null ? "by-name" : null } },
        Status = { Images = [.. statusIds.Select(image => new ImageState { Id = image })] },
    };

    private sealed class Cache : IEntityCache<V1Alpha1ImageTagSet>
    {
        private Action<EntityChange<V1Alpha1ImageTagSet>> observer = _ => { };

        public bool IsSynced => true;

        public IReadOnlyCollection<V1Alpha1ImageTagSet> All => [];

        public V1Alpha1ImageTagSet? TryGet(NamespacedName key) => null;

        public IDisposable Subscribe(Action<EntityChange<V1Alpha1ImageTagSet>> observer)
        {
            this.observer = observer;
            return new MemoryStream();
        }

        public void Tell(WatchEventType type, V1Alpha1ImageTagSet set) => observer(new EntityChange<V1Alpha1ImageTagSet>(type, set, null));
    }

    private sealed class Queue : IEntityQueue<V1Alpha1ImageTagSet>
    {
        private readonly List<string> keys = [];

        public void Enqueue(NamespacedName key, TimeSpan after = default) => keys.Add(key.ToString());

        public string[] Taken()
        {
            var taken = keys.Distinct().ToArray();
            keys.Clear();
            return taken;
        }
    }
}
