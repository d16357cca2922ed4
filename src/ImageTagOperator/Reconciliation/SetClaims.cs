using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>The claims of sets on an image, from their spec and status. Pure.</summary>
public static class SetClaims
{
    /// <summary>The claim of a set on an image that it selects.</summary>
    /// <param name="access">The current access of the set's credentials; null when it is not known.</param>
    public static ImageClaim Of(V1Alpha1ImageTagSet set, ImageState? state, bool ownsImage, CloudAccess? access) => new(
        set.Key().ToString(),
        set.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue,
        new TagDeclaration(set.Spec.Tags, set.Spec.Policy, set.Spec.IgnoreTags ?? []),
        state?.ManagedTags ?? [])
    {
        OwnsImage = ownsImage,
        Restores = set.Spec.DeletionPolicy == TagDeletionPolicy.Restore,
        Original = set.Spec.DeletionPolicy == TagDeletionPolicy.Restore ? state?.OriginalTags : null,
        IsEdited = LeftImageFinder.IsEdited(set),
        WriteAccess = AccessOf(state, access),
        Writer = state?.Writer,
        Identity = access?.Identity,
    };

    /// <summary>The claim of a set on an image that it does not select; null when it has no tags to remove there.</summary>
    /// <param name="imageOwner">The project that owns the image.</param>
    public static ImageClaim? Leaving(RegisteredSet other, ImageState? state, string? imageOwner)
    {
        var set = other.Set;
        if (state is null || IsRetained(set, state)) return null;
        var projectId = Location.Of(set, state).ProjectId;
        return Of(set, state, projectId is not null && projectId == imageOwner, access: null) with
        {
            Declaration = TagDeclaration.Nothing, IsLeaving = true, IsPaused = !other.MakesClaims && !set.IsTerminating(),
            Moving = Moving(set, state),
        };
    }

    /// <summary>The tags that move away when the set leaves an image. Tags that it brings back stay there.</summary>
    public static IReadOnlyCollection<string> Moving(V1Alpha1ImageTagSet set, ImageState state)
    {
        if (set.IsTerminating()) return [];
        var restored = set.Spec.DeletionPolicy == TagDeletionPolicy.Restore ? state.OriginalTags ?? [] : [];
        return [.. set.Spec.Tags.Intersect(state.ManagedTags ?? []).Except(restored)];
    }

    /// <summary>With <c>Retain</c> the tags of an image that the set leaves are unmanaged, also before the set's own reconcile.</summary>
    private static bool IsRetained(V1Alpha1ImageTagSet set, ImageState state) => set.Spec.DeletionPolicy == TagDeletionPolicy.Retain
        && (set.IsTerminating() || LeftImageFinder.IsEdited(set) || state.Leaving == LeavingCause.Edited);

    /// <summary>What the status says about writes to an image.</summary>
    /// <param name="access">The current access of the set's credentials; null when it is not known.</param>
    public static WriteAccess AccessOf(ImageState? state, CloudAccess? access)
    {
        if (state?.Writer is not { } writer || (access is not null && access.Identity != writer)) return WriteAccess.Unproven;
        return state.WriteRefused == true ? WriteAccess.Refused : WriteAccess.Granted;
    }
}
