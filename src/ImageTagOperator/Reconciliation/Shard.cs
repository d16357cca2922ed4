using System.Globalization;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>The part of the sets that this process reconciles. All sets of a cloud are in one shard, so that no two processes write to an
/// image.</summary>
/// <param name="Index">0 to <paramref name="Count"/> - 1.</param>
public sealed record Shard(int Index, int Count)
{
    /// <summary>Each shard holds all sets in memory, so more of them only cost more.</summary>
    public const int MaxCount = 100;

    /// <summary>All sets: there is one shard.</summary>
    public static Shard Whole { get; } = new(0, 1);

    /// <summary>What all processes of this division have in common.</summary>
    public string Division => $"{Count}-shards";

    /// <summary>Parses <c>INDEX/COUNT</c>.</summary>
    /// <returns>Null when the text is not valid; <see cref="ProblemOf"/> says why.</returns>
    public static Shard? Parse(string text) =>
        text.Split('/') is [var first, var second] && Number(first) is { } index && Number(second) is { } count && index < count
            && count <= MaxCount ? new Shard(index, count) : null;

    /// <summary>Why the text is not valid, or null.</summary>
    public static string? ProblemOf(string text) => Parse(text) is not null ? null
        : $"'{text}' is not INDEX/COUNT. The index starts at 0: for 3 shards use 0/3, 1/3 and 2/3. COUNT is 1 to {MaxCount}.";

    /// <param name="cloud"><see cref="OpenStack.CloudAccess.Cloud"/>.</param>
    public bool Owns(string cloud) => Count == 1 || (int)(Hash(cloud) % (uint)Count) == Index;

    /// <summary>True when this shard reconciles the set. The answer depends only on the object, so all processes agree, and it changes only
    /// with a status that its present shard writes: first the shard of its name finds out the cloud, then the shard of the cloud takes
    /// over. An image in another cloud that must still be released comes first.</summary>
    public bool Owns(V1Alpha1ImageTagSet set) => Count == 1 || Owns(CloudToRelease(set) ?? set.Status.Cloud ?? set.Key().ToString());

    private static string? CloudToRelease(V1Alpha1ImageTagSet set)
    {
        foreach (var image in set.Status.Images ?? [])
        {
            // The release of an image with another reason waits for a person, and the set must go on meanwhile.
            if (image.Leaving is not null && (image.Reason is null || image.Reason == Reason.Transient.Name)) return Location.Of(set, image)
                .Cloud;
        }

        return null;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>FNV-1a with its halves combined, because the remainder depends on the low bits. Never change it: processes of different
    /// versions must agree.</summary>
    private static uint Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in text) hash = (hash ^ character) * 1099511628211UL;
        return (uint)(hash ^ (hash >> 32));
    }
}
