using System.Runtime.CompilerServices;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Selection;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Memory;

/// <summary>Finds the claims of the other sets on an image. A claim needs evidence that the set's own credentials can read the image in the
/// same cloud: its status shows this, or it uses the same session, or the image is read with its credentials and the result is cached.
/// Thread-safe.</summary>
public sealed class ImageNeighbours(SetRegistry registry, CloudResolver clouds, TimeProvider time)
{
    private readonly ConditionalWeakTable<CloudSession, ExpiringCache<string, Image?>> wholeImages = [];
    private readonly VisibilityChecks visibility = new(clouds, time);

    /// <summary>The claims of the other sets on an image of this connection, including those of sets that give the image up.</summary>
    /// <exception cref="CloudException">A check did not end in time.</exception>
    public async Task<IReadOnlyList<ImageClaim>> FindClaimsAsync(
        V1Alpha1ImageTagSet self, CloudConnection by, Image image, CancellationToken cancellationToken)
    {
        var claims = new List<ImageClaim?>();
        var unproven = new List<Match>();
        foreach (var other in registry.FindByImage(ImageChoice.Facts(image)))
        {
            var set = other.Set;
            if (other.Key == self.Key() || set.Spec.Mode == TagSetMode.Observe) continue;
            var state = Location.Find(set.Status, image.Id, by.Cloud);
            var match = other.MakesClaims ? await MatchAsync(other, state, by.Session, image, cancellationToken) : null;
            if (match is null) claims.Add(SetClaims.Leaving(other, state, image.Owner));
            else if (UsesSession(set, self, by))
            {
                var list = await ListOfAsync(match, state, by.Session, cancellationToken);
                claims.Add(ClaimOf(match, state, list, by.Access, by.Owns(image)));
            }
            else if (state is not null && IsProvenByStatus(match, state, KnownListOf(match, by.Session)))
            {
                claims.Add(SetClaims.Of(set, state, Owns(Location.Of(set, state).ProjectId, image), access: null));
            }
            else unproven.Add(match);
        }

        var found = await Task.WhenAll(unproven.Select(match => match.By).GroupBy(set => set.Key.Namespace)
            .Select(sets => visibility.FindAsync(self.Metadata.NamespaceProperty, by, image, sets, cancellationToken)));
        var checks = found.SelectMany(results => results).ToDictionary(result => result.Set);
        return [.. claims.Concat(unproven.Select(match => ClaimOf(match, checks[match.By].Session, checks[match.By].Access, by, image)))
            .OfType<ImageClaim>()];
    }

    private static bool Owns(string? projectId, Image image) => projectId is not null && projectId == image.Owner;

    /// <summary>The set uses the credentials of the connection, and its Secret was not changed since.</summary>
    private bool UsesSession(V1Alpha1ImageTagSet set, V1Alpha1ImageTagSet self, CloudConnection by) =>
        set.Metadata.NamespaceProperty == self.Metadata.NamespaceProperty && set.Spec.CloudCredentialsRef == by.Credentials
        && (registry.Of(self).Memory.LastUsed(by.Credentials) is not { } last || last == by.Session);

    /// <summary>Its status says that the credentials that the set names saw the image.</summary>
    private static bool IsProvenByStatus(Match match, ImageState state, ImageReading? list) =>
        IsSelected(match, state, list, access: null) && Location.Of(match.By.Set, state).Credentials == match.By.Spec.CloudCredentialsRef;

    /// <summary>The claim of a set whose credentials see the image.</summary>
    private static ImageClaim? ClaimOf(Match match, ImageState? state, ImageReading? list, CloudAccess access, bool ownsImage) =>
        IsSelected(match, state, list, access) ? SetClaims.Of(match.By.Set, state, ownsImage, access)
            : SetClaims.Leaving(match.By, state, match.Image.Owner);

    /// <param name="access">Null when its credentials do not see the image.</param>
    private static ImageClaim? ClaimOf(Match match, CloudSession? session, CloudAccess? access, CloudConnection by, Image image)
    {
        var state = Location.Find(match.By.Set.Status, image.Id, by.Cloud);
        return access is null
            ? SetClaims.Leaving(match.By, state, image.Owner)
            : ClaimOf(match, state, KnownListOf(match, session ?? by.Session), access, Owns(access.ProjectId, image));
    }

    /// <summary>Matches the image with <c>spec.image</c>; null without a match. With <c>newest</c>, a match is a candidate.</summary>
    private async Task<Match?> MatchAsync(
        RegisteredSet other, ImageState? state, CloudSession session, Image image, CancellationToken cancellationToken)
    {
        var facts = ImageChoice.Facts(image);
        if (other.Spec.Image.Selector is { } selector)
        {
            if (selector.Properties is not null && image.OtherMembers is null)
            {
                // Readings by id or name leave properties out.
                if (!ImageSelection.Matches(selector, facts, withProperties: false)) return null;
                var whole = await ReadWholeAsync(session, image.Id, cancellationToken);
                if (whole is null) return state is null or { Leaving: not null } ? null : new Match(other, facts);
                facts = ImageChoice.Facts(whole with { Tags = image.Tags });
            }
        }

        return other.Matches(facts) ? new Match(other, facts) : null;
    }

    /// <summary>True when the set selects the matching image. With <c>newest</c> its status decides, unless the status is of another spec,
    /// leaves the image, or does not contain it.</summary>
    /// <param name="access">The access that the list was read with; null when it is not known.</param>
    private static bool IsSelected(Match match, ImageState? state, ImageReading? list, CloudAccess? access) =>
        (state is { Leaving: null } && !LeftImageFinder.IsEdited(match.By.Set)) || IsAmongNewest(match, list, access);

    /// <summary>True when the image is among the newest of a list. Without a complete list, the status decides, unless it is of another
    /// spec.</summary>
    private static bool IsAmongNewest(Match match, ImageReading? latest, CloudAccess? access)
    {
        var set = match.By.Set;
        if (set.Spec.Image.Selector is not { Newest: not null } selector) return true;
        var listed = latest?.Images ?? [];
        var isStatusValid = set.Status.Image is not null && !LeftImageFinder.IsEdited(set);
        if (isStatusValid && (latest is null || IsIncomplete(listed, set, access))) return false;
        var candidates = listed.Where(one => one.Id != match.Image.Id).Select(ImageChoice.Facts).Append(match.Image);
        return ImageSelection.Select(selector, candidates).Any(one => one.Id == match.Image.Id);
    }

    /// <summary>What the credentials of a set with <c>newest</c> listed last; null when there is nothing.</summary>
    private static ImageReading? KnownListOf(Match match, CloudSession session) =>
        (match.By.Memory.LastUsed(match.By.Spec.CloudCredentialsRef) ?? session).Images.Latest(ImageChoice.Term(match.By.Spec.Image));

    /// <summary>The same for a set with the credentials of this session. A set that has no status of the image and listed nothing yet lists
    /// now: it shares the list.</summary>
    private static async Task<ImageReading?> ListOfAsync(
        Match match, ImageState? state, CloudSession session, CancellationToken cancellationToken)
    {
        if (match.By.Spec.Image.Selector?.Newest is null) return null;
        var term = ImageChoice.Term(match.By.Spec.Image);
        if (session.Images.Latest(term) is { } latest) return latest;
        try
        {
            return state is null ? await session.Images.ReadAsync(term, cancellationToken) : null;
        }
        catch (CloudException)
        {
            return null;        // unknown; the set itself reports it
        }
    }

    /// <summary>A list that lacks a known image of its project is no evidence.</summary>
    private static bool IsIncomplete(IReadOnlyCollection<Image> listed, V1Alpha1ImageTagSet set, CloudAccess? access) =>
        (set.Status.Images ?? []).Any(known => known.Leaving is null && listed.All(image => image.Id != known.Id)
            && (access is null ? known.Cloud is null : Location.Of(set, known).IsSeenBy(access)));

    private async Task<Image?> ReadWholeAsync(CloudSession session, string imageId, CancellationToken cancellationToken)
    {
        var known = wholeImages.GetValue(session, _ => new(time));
        if (known.TryGet(imageId, out var whole)) return whole;
        var image = await session.GetImageAsync(imageId, cancellationToken);
        known.Put(imageId, image, image is null ? VisibilityChecks.NotVisibleFor : VisibilityChecks.VisibleFor);
        return image;
    }

    /// <summary>A set whose spec matches the image.</summary>
    private sealed record Match(RegisteredSet By, ImageFacts Image);
}
