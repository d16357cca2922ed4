using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Selection;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>The sets of an image, the sets that a change affects, and the reconciles that a change supersedes.</summary>
public sealed class SetRegistryTests : IDisposable
{
    private const string Image = "11111111-1111-4111-8111-111111111111";

    private readonly SetCache cache = new();
    private readonly SetRegistry registry;

    public SetRegistryTests() => registry = new SetRegistry(cache, cache, TimeProvider.System);

    public void Dispose() => registry.Dispose();

    [Fact]
    public void A_set_is_found_by_its_declaration_before_its_first_reconcile()
    {
        cache.Publish(WatchEventType.Added, Set("by-id", new ImageReference { Id = Image.ToUpperInvariant() }));
        cache.Publish(WatchEventType.Added, Set("by-name", new ImageReference { Name = "ubuntu" }));
        cache.Publish(WatchEventType.Added, Set("by-glob", new ImageReference { Selector = new ImageSelector { Names = ["u*"] } }));
        cache.Publish(WatchEventType.Added, Set("other-name", new ImageReference { Name = "Ubuntu" }));
        cache.Publish(WatchEventType.Added, Set("other-glob", new ImageReference { Selector = new ImageSelector { Names = ["d*"] } }));
        Assert.Equal(["by-glob", "by-id", "by-name"], FindByImage("ubuntu"));
        Assert.Equal(["by-id", "other-glob"], FindByImage("debian"));
    }

    /// <summary>The index finds the same sets as a comparison with all selectors, after any edits.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_selector_is_found_by_each_name_that_it_can_match(int seed)
    {
        string[] globs = ["*", "u*", "ub*-*", "ubuntu", "ubuntu-?", "?buntu", "d*", "*-1", "", "ubuntu-1*"];
        string[] names = ["", "u", "ubuntu", "ubuntu-1", "debian-1", "Ubuntu-1"];
        var random = new Random(seed);
        Dictionary<string, ImageSelector> selectors = [];
        for (var step = 0; step < 200; step++)
        {
            var name = $"set-{random.Next(8)}";
            var selector = new ImageSelector { Names = random.Next(5) == 0 ? null : random.GetItems(globs, random.Next(1, 3)) };
            var isDeleted = random.Next(4) == 0;
            cache.Publish(
                isDeleted ? WatchEventType.Deleted : WatchEventType.Modified, Set(name, new ImageReference { Selector = selector }, step));
            if (isDeleted) selectors.Remove(name);
            else selectors[name] = selector;
            foreach (var image in names) Assert.Equal(
                selectors.Where(set => ImageSelection.MatchesName(set.Value, image)).Select(set => set.Key).Order(StringComparer.Ordinal),
                FindByImage(image));
        }
    }

    [Fact]
    public void A_set_is_found_while_its_status_has_the_image()
    {
        var set = Set("left", new ImageReference { Name = "other" });
        cache.Publish(WatchEventType.Added, With(set, "golden"));
        Assert.Equal(["left"], FindByImage("ubuntu"));
        cache.Publish(WatchEventType.Modified, Set("left", new ImageReference { Name = "other" }));
        Assert.Empty(FindByImage("ubuntu"));
        cache.Publish(WatchEventType.Deleted, set);
        Assert.Empty(FindByImage("other"));
    }

    [Fact]
    public void A_new_set_uses_the_Secret_that_others_read_and_one_that_was_edited_does_not()
    {
        var set = Set("a", new ImageReference { Id = Image });
        cache.Publish(WatchEventType.Added, set);
        Assert.Equal(DateTimeOffset.MinValue, registry.Of(set).EditedAt);
        var edited = Set("a", new ImageReference { Id = Image }, generation: 2);
        cache.Publish(WatchEventType.Modified, edited);
        var at = registry.Of(edited).EditedAt;
        Assert.True(at > DateTimeOffset.MinValue);
        Assert.True(registry.Of(edited).ChangedAt >= at);
    }

    [Fact]
    public void Sets_that_were_never_read_are_returned_once_in_their_order()
    {
        V1Alpha1ImageTagSet[] sets = [.. Enumerable.Range(0, 5).Select(i => Set($"s{i}", new ImageReference { Name = $"i{i}" }))];
        foreach (var set in sets) cache.Publish(WatchEventType.Added, set);
        registry.MarkRead(registry.Of(sets[1]));
        cache.Publish(WatchEventType.Deleted, sets[2]);
        Assert.Equal(["s0", "s3"], registry.TakeUnread("ns", sets[0].Spec.CloudCredentialsRef, 2).Select(set => set.Key.Name));
        Assert.Equal(["s4"], registry.TakeUnread("ns", sets[0].Spec.CloudCredentialsRef, 200).Select(set => set.Key.Name));
        Assert.Empty(registry.TakeUnread("ns", sets[0].Spec.CloudCredentialsRef, 200));
        Assert.Empty(registry.TakeUnread("other", sets[0].Spec.CloudCredentialsRef, 200));
    }

    [Fact]
    public void A_waiting_set_lets_its_heir_read_again()
    {
        cache.Publish(WatchEventType.Added, Set("heir", new ImageReference { Id = Image }));
        cache.TakeQueued();
        var known = registry.Find(new NamespacedName("ns", "heir"))!;
        known.Memory.ReadingAgeLimit = ReadingAgeLimit.Of(known.Set, TimeSpan.FromMinutes(10));
        registry.RequestLook(NamespacedName.Parse("ns/heir"), new NamespacedName("ns", "leaving"));
        registry.RequestLook(NamespacedName.Parse("ns/unknown"), new NamespacedName("ns", "leaving"));
        Assert.Equal(["ns/heir"], cache.TakeQueued());
        Assert.Null(known.Memory.ReadingAgeLimit);
    }

    [Fact]
    public void Sets_that_share_an_image_are_reconciled_when_a_claim_appears_changes_or_disappears()
    {
        var byId = new ImageReference { Id = Image };
        cache.Publish(WatchEventType.Added, Set("a", byId));
        Assert.Empty(cache.TakeQueued());
        cache.Publish(WatchEventType.Added, Set("b", byId));
        Assert.Equal(["ns/a"], cache.TakeQueued());
        cache.Publish(WatchEventType.Modified, Set("b", byId));
        Assert.Empty(cache.TakeQueued());
        cache.Publish(WatchEventType.Modified, Set("b", byId, generation: 2));
        Assert.Equal(["ns/a"], cache.TakeQueued());
        cache.Publish(WatchEventType.Deleted, Set("b", byId, generation: 2));
        Assert.Equal(["ns/a"], cache.TakeQueued());
    }

    [Fact]
    public void Edits_in_one_namespace_reconcile_the_sets_of_another_at_most_once_a_second()
    {
        var byId = new ImageReference { Id = Image };
        cache.Publish(WatchEventType.Added, Set("a", byId));
        cache.Publish(WatchEventType.Added, Set("b", byId));
        Assert.Equal(["ns/a"], cache.TakeQueued());
        Assert.Equal(TimeSpan.Zero, cache.LastPause);
        var foreign = Set("c", byId);
        foreign.Metadata.NamespaceProperty = "other";
        cache.Publish(WatchEventType.Added, foreign);
        Assert.Equal(["ns/a", "ns/b"], cache.TakeQueued());
        Assert.Equal(TimeSpan.FromSeconds(1), cache.LastPause);
    }

    [Fact]
    public void Only_the_set_that_releases_a_tag_is_reconciled_when_another_has_taken_it_over()
    {
        var byId = new ImageReference { Id = Image };
        cache.Publish(WatchEventType.Added, With(Set("gives-up", byId, tags: []), "golden"));
        cache.Publish(WatchEventType.Added, With(Set("keeps", byId, tags: "golden"), "golden"));
        cache.Publish(WatchEventType.Added, With(Set("heir", byId, tags: "golden")));
        cache.TakeQueued();
        cache.Publish(WatchEventType.Modified, With(Set("heir", byId, tags: "golden"), "golden"));
        Assert.Empty(cache.TakeQueued());       // the cloud has accepted no write of it
        var written = With(Set("heir", byId, tags: "golden"), "golden");
        written.Status.Images = [written.Status.Images![0] with { Writer = "identity" }];
        cache.Publish(WatchEventType.Modified, written);
        Assert.Equal(["ns/gives-up"], cache.TakeQueued());
    }

    [Fact]
    public void Sets_that_share_an_image_are_reconciled_when_the_cloud_rejects_one()
    {
        var byId = new ImageReference { Id = Image };
        cache.Publish(WatchEventType.Added, Set("a", byId));
        cache.Publish(WatchEventType.Added, With(Set("b", byId)));
        cache.TakeQueued();
        var refused = With(Set("b", byId));
        refused.Status.Images = [refused.Status.Images![0] with { WriteRefused = true }];
        cache.Publish(WatchEventType.Modified, refused);
        Assert.Equal(["ns/a"], cache.TakeQueued());
        cache.Publish(WatchEventType.Modified, With(Set("b", byId)));
        Assert.Equal(["ns/a"], cache.TakeQueued());
    }

    [Fact]
    public void A_set_that_is_held_by_maxRemovals_is_reconciled_when_another_has_proved_that_it_can_write()
    {
        var byId = new ImageReference { Id = Image };
        var held = With(Set("held", byId));
        held.Status.Conditions =
        [
            new V1Condition { Type = Condition.Ready, Status = "False", Reason = Reason.RemovalLimitExceeded.Name, Message = "" },
        ];
        cache.Publish(WatchEventType.Added, held);
        cache.Publish(WatchEventType.Added, With(Set("waits-for-nothing", byId)));
        cache.Publish(WatchEventType.Added, With(Set("proves", byId)));
        cache.TakeQueued();
        var proved = With(Set("proves", byId));
        proved.Status.Images = [proved.Status.Images![0] with { Writer = "identity" }];
        cache.Publish(WatchEventType.Modified, proved);
        Assert.Equal(["ns/held"], cache.TakeQueued());
        cache.Publish(WatchEventType.Modified, proved);
        Assert.Empty(cache.TakeQueued());
    }

    [Fact]
    public void Only_an_edit_and_the_deletion_supersede_a_generation()
    {
        var byId = new ImageReference { Id = Image };
        var read = Set("a", byId);
        cache.Publish(WatchEventType.Added, Set("a", byId));
        var first = registry.Of(read);
        Assert.False(first.IsSuperseded);
        cache.Publish(WatchEventType.Modified, With(Set("a", byId), "golden"));
        Assert.False(first.IsSuperseded);
        Assert.Same(first, registry.Of(read));

        cache.Publish(WatchEventType.Modified, Set("a", byId, generation: 2));
        Assert.True(first.IsSuperseded);
        Assert.True(registry.Of(read).IsSuperseded);
        var second = registry.Of(Set("a", byId, generation: 2));
        Assert.False(second.IsSuperseded);

        var dying = Set("a", byId, generation: 2);
        dying.Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        cache.Publish(WatchEventType.Modified, dying);
        Assert.True(second.IsSuperseded);
        Assert.False(registry.Of(dying).IsSuperseded);
        cache.Publish(WatchEventType.Deleted, dying);
        Assert.False(registry.Of(dying).IsSuperseded);
        Assert.True(registry.Of(Set("a", byId, generation: 2)).IsSuperseded);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("observes", false)]
    [InlineData("is suspended", false)]
    [InlineData("is invalid", false)]
    [InlineData("is deleted", false)]
    public void An_observing_suspended_invalid_or_deleted_set_claims_nothing(string what, bool claims)
    {
        var set = Set("a", new ImageReference { Id = Image });
        if (what == "observes") set.Spec.Mode = TagSetMode.Observe;
        if (what == "is suspended") set.Spec.Suspend = true;
        if (what == "is invalid") set.Spec.Tags = ["golden", "Golden"];
        if (what == "is deleted") set.Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        Assert.Equal(claims, new RegisteredSet(set, new SetMemory(), DateTimeOffset.MinValue).MakesClaims);
    }

    private string[] FindByImage(string name) =>
        [.. registry.FindByImage(new ImageFacts(Image, name, null, null, "active", null, [], _ => null)).Select(set => set.Key.Name)
            .Order()];

    private static V1Alpha1ImageTagSet Set(string name, ImageReference image, int generation = 1, params string[] tags) => new()
    {
        Metadata = { Name = name, NamespaceProperty = "ns", Uid = name, Generation = generation },
        Spec = { Image = image, Tags = tags, CloudCredentialsRef = new CloudCredentialsRef { SecretName = "clouds", CloudName = "demo" } },
    };

    private static V1Alpha1ImageTagSet With(V1Alpha1ImageTagSet set, params string[] managed)
    {
        set.Status.Images = [new ImageState { Id = Image, ManagedTags = managed }];
        return set;
    }
}
