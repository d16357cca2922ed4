using System.Runtime.CompilerServices;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Selection;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Memory;

/// <summary>Finds the claims of the other sets on an image. A claim needs evidence that the set's own credentials can read the image in the
/// same cloud: its status shows this, or it uses the same session, or the image is read with its credentials and the result is cached.
/// Thread-safe.</summary>
/// <remarks>Anyone who may write a set and a Secret can name any image and any cloud, so these checks are limited for each namespace,
/// regardless of its number of sets: <see cref="MaxConcurrentChecks"/> at a time, <see cref="MaxWait"/> for one reconcile, and
/// <see cref="WaitBudget"/> for all reconciles. No reconcile waits for a namespace that has used up its budget, until
/// <see cref="WaitBudgetPeriod"/> is over: only the known claims of its sets count.</remarks>
public sealed class ImageNeighbours(SetRegistry registry, CloudResolver clouds, TimeProvider time)
{
    private const int MaxConcurrentChecks = 8;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WaitBudgetPeriod = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan VisibleFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan NotVisibleFor = TimeSpan.FromMinutes(1);

    private readonly ConditionalWeakTable<CloudSession, ExpiringCache<string, Image?>> wholeImages = [];
    private readonly ExpiringCache<(string? Namespace, CloudCredentialsRef By, string Cloud, string ImageId), Check> checks = new(time);
    private readonly ExpiringCache<(string? Waiting, string? Checked), WaitBudget> waitBudgets = new(time);

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
            if (match is null) claims.Add(LeavingClaimOf(other, state));
            else if (UsesSession(set, state, self, by))
            {
                var list = await ListOfAsync(match, state, by.Session, cancellationToken);
                claims.Add(ClaimOf(match, state, list, by.Access, by.Owns(image)));
            }
            else if (state is not null && IsProvenByStatus(match, state, KnownListOf(match, by.Session)))
            {
                claims.Add(ClaimOf(set, state, Owns(Location.Of(set, state).ProjectId, image), access: null));
            }
            else unproven.Add(match);
        }

        var reader = new Reader(self.Metadata.NamespaceProperty, by, image);
        var byNamespace = unproven.GroupBy(match => match.By.Key.Namespace);
        var proven = await Task.WhenAll(byNamespace.Select(matches => ProveAsync(reader, matches, cancellationToken)));
        return [.. claims.Concat(proven.SelectMany(found => found)).OfType<ImageClaim>()];
    }

    /// <summary>The claim of a set on an image that it selects.</summary>
    /// <param name="access">The current access of the set's credentials; null when it is not known.</param>
    public static ImageClaim ClaimOf(V1Alpha1ImageTagSet set, ImageState? state, bool ownsImage, CloudAccess? access) => new(
        set.Key().ToString(),
        set.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue,
        new TagDeclaration(set.Spec.Tags, set.Spec.Policy, set.Spec.IgnoreTags ?? []),
        state?.ManagedTags ?? [])
    {
        OwnsImage = ownsImage,
        Original = set.Spec.DeletionPolicy == TagDeletionPolicy.Restore ? state?.OriginalTags : null,
        IsEdited = LeftImageFinder.IsEdited(set),
        WriteAccess = WriteAccessOf(state, access),
        Writer = state?.Writer,
        Identity = access?.Identity,
    };

    private static WriteAccess WriteAccessOf(ImageState? state, CloudAccess? access)
    {
        if (state?.Writer is not { } writer || (access is not null && access.Identity != writer)) return WriteAccess.Unproven;
        return state.Reason == Reason.Forbidden.Name ? WriteAccess.Refused : WriteAccess.Granted;
    }

    private static bool Owns(string? projectId, Image image) => projectId is not null && projectId == image.Owner;

    /// <summary>The claim of a set on an image that it does not select; null when it has no tags to remove there.</summary>
    private static ImageClaim? LeavingClaimOf(RegisteredSet other, ImageState? state)
    {
        var set = other.Set;
        return state is null || IsRetained(set, state) ? null : ClaimOf(set, state, ownsImage: false, access: null) with
        {
            Declaration = TagDeclaration.Nothing, IsLeaving = true, IsPaused = !other.MakesClaims && !set.IsTerminating(),
        };
    }

    /// <summary>With <c>Retain</c> the tags of an image that the set leaves are unmanaged, also before the set's own reconcile.</summary>
    private static bool IsRetained(V1Alpha1ImageTagSet set, ImageState state) => set.Spec.DeletionPolicy == TagDeletionPolicy.Retain
        && (set.IsTerminating() || LeftImageFinder.IsEdited(set) || state.Leaving == LeavingCause.Edited);

    /// <summary>The set uses the credentials of the connection. After a change of the Secret, its status of the image counts until its own
    /// reconcile.</summary>
    private bool UsesSession(V1Alpha1ImageTagSet set, ImageState? state, V1Alpha1ImageTagSet self, CloudConnection by) =>
        set.Metadata.NamespaceProperty == self.Metadata.NamespaceProperty && set.Spec.CloudCredentialsRef == by.Credentials
        && (state is null || registry.Of(self).Memory.LastUsed(by.Credentials) is not { } last || last == by.Session);

    /// <summary>Its status says that the credentials that the set names saw the image.</summary>
    private static bool IsProvenByStatus(Match match, ImageState state, ImageReading? list) =>
        IsSelected(match, state, list) && Location.Of(match.By.Set, state).Credentials == match.By.Spec.CloudCredentialsRef;

    /// <summary>The claim of a set whose credentials see the image.</summary>
    private static ImageClaim? ClaimOf(Match match, ImageState? state, ImageReading? list, CloudAccess access, bool ownsImage) =>
        IsSelected(match, state, list) ? ClaimOf(match.By.Set, state, ownsImage, access) : LeavingClaimOf(match.By, state);

    /// <summary>Matches the image with <c>spec.image</c>; null without a match. With <c>newest</c>, a match is a candidate.</summary>
    private async Task<Match?> MatchAsync(
        RegisteredSet other, ImageState? state, CloudSession session, Image image, CancellationToken cancellationToken)
    {
        var facts = ImageChoice.Facts(image);
        if (other.Spec.Image.Selector is { } selector)
        {
            if (state?.Leaving is not null) return null;
            if (selector.Properties is not null && image.OtherMembers is null)
            {
                // Readings by id or name leave properties out.
                if (!ImageSelection.Matches(selector, facts, withProperties: false)) return null;
                var whole = await ReadWholeAsync(session, image.Id, cancellationToken);
                if (whole is null) return state is null ? null : new Match(other, facts);
                facts = ImageChoice.Facts(whole with { Tags = image.Tags });
            }
        }

        return other.Matches(facts) ? new Match(other, facts) : null;
    }

    /// <summary>True when the set selects the matching image. With <c>newest</c> its status decides, unless the status is of another spec
    /// or does not contain the image.</summary>
    private static bool IsSelected(Match match, ImageState? state, ImageReading? list) =>
        (state is not null && !LeftImageFinder.IsEdited(match.By.Set)) || IsAmongNewest(match, list);

    /// <summary>True when the image is among the newest of a list. Without a complete list, the status decides, unless it is of another
    /// spec.</summary>
    private static bool IsAmongNewest(Match match, ImageReading? latest)
    {
        var set = match.By.Set;
        if (set.Spec.Image.Selector is not { Newest: not null } selector) return true;
        var listed = latest?.Images ?? [];
        var isStatusValid = set.Status.Image is not null && !LeftImageFinder.IsEdited(set);
        if (isStatusValid && (latest is null || IsIncomplete(listed, set.Status))) return false;
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

    /// <summary>A list that lacks a known image of its cloud is no evidence.</summary>
    private static bool IsIncomplete(IEnumerable<Image> listed, ImageTagSetStatus status) =>
        (status.Images ?? []).Any(known => known is { Leaving: null, Cloud: null } && !listed.Any(image => image.Id == known.Id));

    /// <summary>The claims of those sets of one namespace whose credentials see the image.</summary>
    private async Task<IReadOnlyList<ImageClaim?>> ProveAsync(
        Reader reader, IGrouping<string?, Match> matches, CancellationToken cancellationToken)
    {
        var budget = waitBudgets.GetOrPut((reader.Namespace, matches.Key), _ => new WaitBudget(time), WaitBudgetPeriod);
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        if (budget.Left is { Ticks: > 0 } rest) late.CancelAfter(rest < MaxWait ? rest : MaxWait);
        else await late.CancelAsync();
        using var slots = new SemaphoreSlim(MaxConcurrentChecks);
        // One check for all sets that use the same credentials.
        var results = await Task.WhenAll(matches.GroupBy(match => match.By.Spec.CloudCredentialsRef).Select(async group =>
            (Matches: group, Check: await CheckAsync(reader, group.First().By, budget, slots, late.Token, cancellationToken))));
        if (results.Any(result => result.Check is null) && budget.Left > TimeSpan.Zero)
        {
            throw new CloudException(
                CloudErrorKind.Transient,
                $"An ImageTagSet of namespace {matches.Key} also matches image {reader.Image.Id}, and the operator does not know yet "
                + "whether that set's credentials can see the image. It is tried again.");
        }

        return [.. from result in results from match in result.Matches select ClaimOf(match, result.Check?.Access, reader)];
    }

    /// <param name="access">Null when its credentials do not see the image.</param>
    private static ImageClaim? ClaimOf(Match match, CloudAccess? access, Reader reader)
    {
        var state = Location.Find(match.By.Set.Status, reader.Image.Id, reader.By.Cloud);
        return access is null
            ? LeavingClaimOf(match.By, state)
            : ClaimOf(match, state, KnownListOf(match, reader.By.Session), access, Owns(access.ProjectId, reader.Image));
    }

    /// <summary>Checks whether the credentials of another set see the image.</summary>
    /// <returns>Null when it is not known.</returns>
    private async Task<Check?> CheckAsync(
        Reader reader, RegisteredSet other, WaitBudget budget, SemaphoreSlim slots, CancellationToken late,
        CancellationToken cancellationToken)
    {
        var (set, credentials) = (other.Set, other.Spec.CloudCredentialsRef);
        var last = other.Memory.LastUsed(credentials);
        var key = (set.Metadata.NamespaceProperty, credentials, reader.By.Cloud, reader.Image.Id);
        if (checks.TryGet(key, out var known) && known.IsOf(last)) return known;
        if (last is not null && !last.MayReach(reader.By.Cloud)) return Check.OtherCloud;
        if (late.IsCancellationRequested) return null;
        var (result, session) = ((Check?)null, last);
        budget.Begin();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late, cancellationToken);
            await slots.WaitAsync(either.Token);
            try
            {
                session ??= await clouds.ResolveAsync(other, credentials, either.Token);
                result = new Check(new(session), await AccessToAsync(reader, session, either.Token));
            }
            finally
            {
                slots.Release();
            }
        }
        catch (Exception e) when (
            e is CloudException { Kind: not CloudErrorKind.Transient } or ProblemException { Problem.Reason.Kind: ProblemKind.Stalled })
        {
            result = new Check(session is null ? null : new(session), null);
        }
        catch (Exception e) when (
            e is CloudException or ProblemException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
        finally
        {
            budget.End(result is not null);
        }

        checks.Put(key, result, result.Access is null ? NotVisibleFor : VisibleFor);
        return result;
    }

    /// <returns>Null when the session does not see the image.</returns>
    /// <exception cref="CloudException"/>
    private static async Task<CloudAccess?> AccessToAsync(Reader reader, CloudSession session, CancellationToken cancellationToken)
    {
        if (session == reader.By.Session) return reader.By.Access;
        if (!session.MayReach(reader.By.Cloud)) return null;
        var access = await session.GetAccessAsync(cancellationToken);
        var isVisible = access.Cloud == reader.By.Cloud && await session.GetImageAsync(reader.Image.Id, cancellationToken) is not null;
        return isVisible ? access : null;
    }

    private async Task<Image?> ReadWholeAsync(CloudSession session, string imageId, CancellationToken cancellationToken)
    {
        var known = wholeImages.GetValue(session, _ => new(time));
        if (known.TryGet(imageId, out var whole)) return whole;
        var image = await session.GetImageAsync(imageId, cancellationToken);
        known.Put(imageId, image, image is null ? NotVisibleFor : VisibleFor);
        return image;
    }

    /// <summary>The image as the reconciled set reads it.</summary>
    private sealed record Reader(string? Namespace, CloudConnection By, Image Image);

    /// <summary>A set whose spec matches the image.</summary>
    private sealed record Match(RegisteredSet By, ImageFacts Image);

    /// <summary>The result of reading the image with the credentials of another set.</summary>
    /// <param name="Session">The session that read it, or null. The reference does not keep it alive.</param>
    /// <param name="Access">Null when the credentials do not see the image.</param>
    private sealed record Check(WeakReference<CloudSession>? Session, CloudAccess? Access)
    {
        public static readonly Check OtherCloud = new(null, null);

        /// <summary>False when the set has used other credentials since.</summary>
        public bool IsOf(CloudSession? last) =>
            last is null || (Session is not null && Session.TryGetTarget(out var session) && session == last);
    }
}
