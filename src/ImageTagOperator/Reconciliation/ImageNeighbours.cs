using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>What the other sets say of an image. One counts when its own credentials were shown the image in the same cloud: its status says so,
/// or it shares a session with who asks, or it is found out with one request, which is remembered for a while. Safe for concurrent use.</summary>
public sealed class ImageNeighbours(SetRegistry registry, CloudResolver clouds, TimeProvider time)
{
    /// <summary>Another team's cloud must not hold up this one for longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>A cloud that does not answer proves nothing at first; whoever keeps silent is not waited for.</summary>
    private const int Tries = 3;

    private static readonly TimeSpan SeenFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UnseenFor = TimeSpan.FromMinutes(1);

    private readonly ConditionalWeakTable<CloudSession, ConcurrentDictionary<string, Sight>> sights = [];
    private readonly ConcurrentDictionary<string, Silence> silences = new();

    /// <summary>The claims of the others on an image of this session, those that are on their way out included.</summary>
    public async Task<IReadOnlyList<ImageClaim>> OfAsync(
        V1Alpha1ImageTagSet self, CloudCredentialsRef credentials, CloudSession session, CloudAccess access, Image image, CancellationToken cancellationToken)
    {
        var claims = new List<ImageClaim>();
        foreach (var other in registry.Concerning(ImageFinder.Facts(image)))
        {
            if (other.Key == self.Key()) continue;
            if (await ClaimAsync(other, self, credentials, session, access, image, cancellationToken) is { } claim) claims.Add(claim);
        }

        return claims;
    }

    /// <summary>A set that is gone.</summary>
    public void Forget(V1Alpha1ImageTagSet set) => silences.TryRemove(set.Metadata.Uid!, out _);

    /// <summary>What a set itself says of an image that it means.</summary>
    public static ImageClaim ClaimOf(V1Alpha1ImageTagSet set, ImageState? state, bool ownsImage) => new(
        set.Key().ToString(),
        set.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue,
        new TagDeclaration(set.Spec.Tags, set.Spec.Policy, set.Spec.IgnoreTags ?? []),
        state?.ManagedTags ?? []) { OwnsImage = ownsImage, Original = state?.OriginalTags };

    public static bool Owns(string? projectId, Image image) => projectId is not null && projectId == image.Owner;

    private async Task<ImageClaim?> ClaimAsync(
        RegisteredSet other, V1Alpha1ImageTagSet self, CloudCredentialsRef credentials, CloudSession session, CloudAccess access, Image image,
        CancellationToken cancellationToken)
    {
        var set = other.Set;
        if (set.Spec.Mode == TagSetMode.Observe) return null;
        var state = Location.Find(set.Status, image.Id, access.Cloud);
        if (state?.Reason == Reason.Forbidden.Name) return null;
        if (other.MakesClaims && await MeansAsync(other, state, session, image, cancellationToken))
        {
            if (state is not null) return ClaimOf(set, state, Owns(Location.Of(set, state).ProjectId, image));
            var isOurs = set.Metadata.NamespaceProperty == self.Metadata.NamespaceProperty && set.Spec.CloudCredentialsRef == credentials;
            if (isOurs) return ClaimOf(set, state, Owns(access.ProjectId, image));
            if (await ProjectThatSeesAsync(set, session, access, image, cancellationToken) is { } seen) return ClaimOf(set, state, Owns(seen.ProjectId, image));
        }

        return state is null ? null : ClaimOf(set, state, ownsImage: false) with { Declaration = TagDeclaration.Nothing, IsLeaving = true };
    }

    /// <summary>With <c>newest</c>, as its status says; where that does not speak of the image yet, as far as the images are known that its
    /// session listed last.</summary>
    private async Task<bool> MeansAsync(RegisteredSet other, ImageState? state, CloudSession session, Image image, CancellationToken cancellationToken)
    {
        var facts = ImageFinder.Facts(image);
        if (other.Spec.Image.Selector is not { } selector) return other.Means(facts);
        if (state?.Leaving is not null) return false;
        if (selector.Properties is not null && image.More is null)
        {
            // Readings by id or name leave properties out.
            if (!ImageSelection.Means(WithoutProperties(selector), facts)) return false;
            if (await SightAsync(session, image.Id, cancellationToken) is not { Image: { } whole }) return state is not null;
            facts = ImageFinder.Facts(whole with { Tags = image.Tags });
        }

        if (!other.Means(facts)) return false;
        if (selector.Newest is null || state is not null) return true;
        var listed = (clouds.LastUsed(other.Set) ?? session).Images.Latest(ImageFinder.Term(other.Spec.Image))?.Images ?? [];
        return ImageSelection.Select(selector, listed.Where(one => one.Id != image.Id).Select(ImageFinder.Facts).Append(facts)).Any(one => one.Id == image.Id);
    }

    private static ImageReference WithoutProperties(ImageSelector selector) => new()
    {
        Selector = new ImageSelector
        {
            Names = selector.Names, Owner = selector.Owner, Visibility = selector.Visibility, Status = selector.Status, Tags = selector.Tags,
        },
    };

    /// <summary>Null: the set's credentials do not lead to the image, or it could not be found out time and again.</summary>
    /// <exception cref="CloudException">It could not be found out now.</exception>
    private async Task<CloudAccess?> ProjectThatSeesAsync(
        V1Alpha1ImageTagSet set, CloudSession session, CloudAccess access, Image image, CancellationToken cancellationToken)
    {
        var uid = set.Metadata.Uid!;
        if (silences.TryGetValue(uid, out var silence) && time.GetUtcNow() < silence.Until) return null;
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var its = clouds.LastUsed(set) ?? await clouds.ResolveAsync(set, either.Token);
            var seen = its == session ? access : await its.GetAccessAsync(either.Token);
            var sees = seen.Cloud == access.Cloud && (its == session || await SightAsync(its, image.Id, either.Token) is { Image: not null });
            silences.TryRemove(uid, out _);
            return sees ? seen : null;
        }
        catch (Exception e) when (e is CloudException or ProblemException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var isConclusive = e is CloudException { Kind: not CloudErrorKind.Transient } or ProblemException { Problem.Reason.Kind: ProblemKind.Stalled };
            var count = (silence?.Count ?? 0) + 1;
            silences[uid] = new Silence(count, isConclusive || count >= Tries ? time.GetUtcNow() + UnseenFor : default);
            if (isConclusive || count >= Tries) return null;
            throw new CloudException(
                CloudErrorKind.Transient,
                $"ImageTagSet {set.Key()} also means image {image.Id}, and whether its credentials lead to it could not be found out. It is tried again.");
        }
    }

    private async Task<Sight> SightAsync(CloudSession session, string imageId, CancellationToken cancellationToken)
    {
        var known = sights.GetOrCreateValue(session);
        if (known.TryGetValue(imageId, out var sight) && time.GetUtcNow() < sight.Until) return sight;
        foreach (var (id, _) in known.Where(pair => time.GetUtcNow() >= pair.Value.Until)) known.TryRemove(id, out _);
        var image = await session.GetImageAsync(imageId, cancellationToken);
        return known[imageId] = new Sight(image, time.GetUtcNow() + (image is null ? UnseenFor : SeenFor));
    }

    /// <param name="Count">Times in a row that nothing could be found out.</param>
    /// <param name="Until">Not asked again before that.</param>
    private sealed record Silence(int Count, DateTimeOffset Until);

    private sealed record Sight(Image? Image, DateTimeOffset Until);
}
