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

/// <summary>Finds the claims of the other sets on an image. A claim counts only when the set's own credentials can read the image in the
/// same cloud. Its status shows this, or it uses the same session, or the image is read with its credentials and the result is cached.
/// Thread-safe.</summary>
/// <remarks>Whoever may write a set and a Secret can name any image and any cloud, so what has to be found out is bounded by namespace,
/// however many sets it has and makes: <see cref="AtATime"/> questions at a time, <see cref="LongestWait"/> at a look, and
/// <see cref="WaitBudget"/> over all looks. A namespace that has used it up is not waited for until <see cref="WaitBudgetPeriod"/> is over:
/// only what is known of its sets counts.</remarks>
public sealed class ImageNeighbours(SetRegistry registry, CloudResolver clouds, TimeProvider time)
{
    private const int AtATime = 8;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WaitBudgetPeriod = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SeenFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UnseenFor = TimeSpan.FromMinutes(1);

    private readonly ConditionalWeakTable<CloudSession, ExpiringCache<string, Image?>> wholeImages = [];
    private readonly ExpiringCache<(string? Namespace, CloudCredentialsRef By, string Cloud, string ImageId), Sight> sights = new(time);
    private readonly ExpiringCache<(string? By, string? Of), WaitBudget> waitBudgets = new(time);

    /// <summary>The claims of the others on an image of this session, those that are on their way out included.</summary>
    /// <exception cref="CloudException">Whether one of them counts could not be found out in time.</exception>
    public async Task<IReadOnlyList<ImageClaim>> OfAsync(
        V1Alpha1ImageTagSet self, CloudConnection by, Image image, CancellationToken cancellationToken)
    {
        var claims = new List<ImageClaim>();
        var unproven = new List<Meaning>();
        foreach (var other in registry.FindByImage(ImageChoice.Facts(image)))
        {
            var set = other.Set;
            if (other.Key == self.Key() || set.Spec.Mode == TagSetMode.Observe) continue;
            var state = Location.Find(set.Status, image.Id, by.Cloud);
            var hasSay = other.MakesClaims && state?.Reason != Reason.Forbidden.Name;
            var meant = hasSay ? await MeantAsync(other, state, by.Session, image, cancellationToken) : null;
            if (meant is not null && IsSame(set, self, by)) Add(ClaimOf(meant, state, by.Session, by.Owns(image)));
            else if (meant is not null && state is not null && IsProven(meant, state, by.Session)) claims.Add(
                ClaimOf(set, state, Owns(Location.Of(set, state).ProjectId, image)));
            // Other credentials than those that its status speaks of have still to show what they see, and as whom.
            else if (meant is not null) unproven.Add(meant);
            else Add(LeavingClaimOf(set, state));
        }

        var question = new Question(self.Metadata.NamespaceProperty, by, image);
        var byNamespace = unproven.GroupBy(meaning => meaning.By.Key.Namespace);
        var proven = await Task.WhenAll(byNamespace.Select(those => ProvenAsync(question, those, cancellationToken)));
        return [.. claims, .. proven.SelectMany(found => found)];

        void Add(ImageClaim? claim)
        {
            if (claim is not null) claims.Add(claim);
        }
    }

    /// <summary>The claim of a set on an image that it selects.</summary>
    public static ImageClaim ClaimOf(V1Alpha1ImageTagSet set, ImageState? state, bool ownsImage) => new(
        set.Key().ToString(),
        set.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue,
        new TagDeclaration(set.Spec.Tags, set.Spec.Policy, set.Spec.IgnoreTags ?? []),
        state?.ManagedTags ?? [])
    {
        OwnsImage = ownsImage,
        Original = set.Spec.DeletionPolicy == TagDeletionPolicy.Restore ? state?.OriginalTags : null,
        IsUnderWay = set.Status.IsUnderWay(),
    };

    private static bool Owns(string? projectId, Image image) => projectId is not null && projectId == image.Owner;

    /// <summary>The claim of a set on an image that it no longer selects; null when it has no tags to remove there.</summary>
    private static ImageClaim? LeavingClaimOf(V1Alpha1ImageTagSet set, ImageState? state) => state is null || IsRetained(set, state)
        ? null
        : ClaimOf(set, state, ownsImage: false) with { Declaration = TagDeclaration.Nothing, IsLeaving = true };

    /// <summary>With <c>Retain</c> the tags of an image that the set leaves are unmanaged, also before the set's own reconcile.</summary>
    private static bool IsRetained(V1Alpha1ImageTagSet set, ImageState state) => set.Spec.DeletionPolicy == TagDeletionPolicy.Retain
        && (set.IsTerminating() || LeftImageFinder.IsEdited(set) || state.Leaving == LeavingCause.Edited);

    /// <summary>They use the same credentials, and not those that were in the Secret before.</summary>
    private bool IsSame(V1Alpha1ImageTagSet set, V1Alpha1ImageTagSet self, CloudConnection by) =>
        set.Metadata.NamespaceProperty == self.Metadata.NamespaceProperty && set.Spec.CloudCredentialsRef == by.Credentials
        && (registry.Of(self).Memory.LastUsed(self.Spec.CloudCredentialsRef) is not { } last || last == by.Session);

    /// <summary>Its status says that the credentials that the set names saw the image.</summary>
    private static bool IsProven(Meaning meaning, ImageState state, CloudSession session) =>
        IsChosen(meaning, state, session) && Location.Of(meaning.By.Set, state).Credentials == meaning.By.Spec.CloudCredentialsRef;

    /// <summary>Of a set whose credentials see the image.</summary>
    private static ImageClaim? ClaimOf(Meaning meaning, ImageState? state, CloudSession session, bool ownsImage) =>
        IsChosen(meaning, state, session) ? ClaimOf(meaning.By.Set, state, ownsImage) : LeavingClaimOf(meaning.By.Set, state);

    /// <summary>As far as the image itself tells; with <c>newest</c> as the set's status says, where that speaks of the image. Null: it is
    /// not meant.</summary>
    private async Task<Meaning?> MeantAsync(
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
                var whole = await WholeAsync(session, image.Id, cancellationToken);
                if (whole is null) return state is null ? null : new Meaning(other, facts);
                facts = ImageChoice.Facts(whole with { Tags = image.Tags });
            }
        }

        return other.Matches(facts) ? new Meaning(other, facts) : null;
    }

    /// <summary>With <c>newest</c> its status tells, unless it is of another spec.</summary>
    private static bool IsChosen(Meaning meaning, ImageState? state, CloudSession session) =>
        (state is not null && !LeftImageFinder.IsEdited(meaning.By.Set)) || IsAmongNewest(meaning, session);

    /// <summary>Where its status does not speak of the image yet: as far as the images are known that its session listed last. A process
    /// that has listed none yet goes by the status, unless it is of another spec.</summary>
    private static bool IsAmongNewest(Meaning meaning, CloudSession session)
    {
        var set = meaning.By.Set;
        if (set.Spec.Image.Selector is not { Newest: not null } selector) return true;
        var by = meaning.By.Memory.LastUsed(set.Spec.CloudCredentialsRef) ?? session;
        var latest = by.Images.Latest(ImageChoice.Term(set.Spec.Image));
        if (latest is null && set.Status.Image is not null && !LeftImageFinder.IsEdited(set)) return false;
        var listed = latest?.Images ?? [];
        var candidates = listed.Where(one => one.Id != meaning.Image.Id).Select(ImageChoice.Facts).Append(meaning.Image);
        return ImageSelection.Select(selector, candidates).Any(one => one.Id == meaning.Image.Id);
    }

    /// <summary>The claims of those sets of one namespace whose credentials lead to the image.</summary>
    private async Task<IReadOnlyList<ImageClaim>> ProvenAsync(
        Question question, IGrouping<string?, Meaning> meanings, CancellationToken cancellationToken)
    {
        var left = waitBudgets.GetOrPut((question.Namespace, meanings.Key), _ => new WaitBudget(time), WaitBudgetPeriod);
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        if (left.Left is { Ticks: > 0 } rest) late.CancelAfter(rest < LongestWait ? rest : LongestWait);
        else await late.CancelAsync();
        using var places = new SemaphoreSlim(AtATime);
        // A Secret, and an entry of it, are asked for once for all sets that use them.
        var answers = await Task.WhenAll(meanings.GroupBy(meaning => meaning.By.Spec.CloudCredentialsRef).Select(async those =>
            (Those: those, Sight: await SightAsync(question, those.First().By, left, places, late.Token, cancellationToken))));
        if (answers.Any(answer => answer.Sight is null) && left.Left > TimeSpan.Zero)
        {
            throw new CloudException(
                CloudErrorKind.Transient,
                $"An ImageTagSet of namespace {meanings.Key} also means image {question.Image.Id}, and whether its credentials lead to it "
                + "could not be found out yet. It is tried again.");
        }

        return
        [
            .. from answer in answers
               from meaning in answer.Those
               let claim = ClaimOf(meaning, answer.Sight?.Access, question)
               where claim is not null
               select claim,
        ];
    }

    /// <param name="access">Null: its credentials do not lead to the image.</param>
    private static ImageClaim? ClaimOf(Meaning meaning, CloudAccess? access, Question question)
    {
        var state = Location.Find(meaning.By.Set.Status, question.Image.Id, question.By.Cloud);
        return access is null
            ? LeavingClaimOf(meaning.By.Set, state)
            : ClaimOf(meaning, state, question.By.Session, Owns(access.ProjectId, question.Image));
    }

    /// <returns>Null: it could not be found out now.</returns>
    private async Task<Sight?> SightAsync(
        Question question, RegisteredSet other, WaitBudget left, SemaphoreSlim places, CancellationToken late,
        CancellationToken cancellationToken)
    {
        var (set, credentials) = (other.Set, other.Spec.CloudCredentialsRef);
        var last = other.Memory.LastUsed(credentials);
        var key = (set.Metadata.NamespaceProperty, credentials, question.By.Cloud, question.Image.Id);
        if (sights.TryGet(key, out var known) && known.IsBy(last)) return known;
        if (last is not null && !last.MayReach(question.By.Cloud)) return Sight.Elsewhere;
        if (late.IsCancellationRequested) return null;
        var (found, by) = ((Sight?)null, last);
        left.Begin();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late, cancellationToken);
            await places.WaitAsync(either.Token);
            try
            {
                by ??= await clouds.ResolveAsync(other, credentials, either.Token);
                found = new Sight(new(by), await LookAsync(question, by, either.Token));
            }
            finally
            {
                places.Release();
            }
        }
        catch (Exception e) when (
            e is CloudException { Kind: not CloudErrorKind.Transient } or ProblemException { Problem.Reason.Kind: ProblemKind.Stalled })
        {
            found = new Sight(by is null ? null : new(by), null);
        }
        catch (Exception e) when (
            e is CloudException or ProblemException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
        finally
        {
            left.End(found is not null);
        }

        sights.Put(key, found, found.Access is null ? UnseenFor : SeenFor);
        return found;
    }

    /// <returns>Null: the credentials do not lead to the image.</returns>
    /// <exception cref="CloudException"/>
    private static async Task<CloudAccess?> LookAsync(Question question, CloudSession session, CancellationToken cancellationToken)
    {
        if (session == question.By.Session) return question.By.Access;
        if (!session.MayReach(question.By.Cloud)) return null;
        var access = await session.GetAccessAsync(cancellationToken);
        var sees = access.Cloud == question.By.Cloud && await session.GetImageAsync(question.Image.Id, cancellationToken) is not null;
        return sees ? access : null;
    }

    private async Task<Image?> WholeAsync(CloudSession session, string imageId, CancellationToken cancellationToken)
    {
        var known = wholeImages.GetValue(session, _ => new(time));
        if (known.TryGet(imageId, out var whole)) return whole;
        var image = await session.GetImageAsync(imageId, cancellationToken);
        known.Put(imageId, image, image is null ? UnseenFor : SeenFor);
        return image;
    }

    /// <summary>Who asks, and of which image.</summary>
    private sealed record Question(string? Namespace, CloudConnection By, Image Image);

    /// <summary>An image that a set means, as it means it.</summary>
    private sealed record Meaning(RegisteredSet By, ImageFacts Image);

    /// <param name="Session">Of the credentials; it is not kept for this.</param>
    /// <param name="Access">Null: they do not lead to the image.</param>
    private sealed record Sight(WeakReference<CloudSession>? Session, CloudAccess? Access)
    {
        public static readonly Sight Elsewhere = new(null, null);

        /// <summary>What was found out is of no use once the credentials are others.</summary>
        public bool IsBy(CloudSession? last) =>
            last is null || (Session is not null && Session.TryGetTarget(out var session) && session == last);
    }
}
