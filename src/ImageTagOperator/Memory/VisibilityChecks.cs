using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Memory;

/// <summary>Checks with the credentials of sets whether they see an image. Results are cached. Thread-safe.</summary>
/// <remarks>Anyone who may write a set and a Secret can name any image and any cloud, so the checks are limited for each namespace,
/// regardless of its number of sets: <see cref="MaxConcurrentChecks"/> at a time, <see cref="MaxWait"/> for one reconcile, and
/// <see cref="WaitBudget"/> for all reconciles. No reconcile waits for a namespace that has used up its budget, until
/// <see cref="WaitBudgetPeriod"/> is over: only the known results count.</remarks>
internal sealed class VisibilityChecks(CloudResolver clouds, TimeProvider time)
{
    private const int MaxConcurrentChecks = 8;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WaitBudgetPeriod = TimeSpan.FromMinutes(5);

    private readonly ExpiringCache<(string? Namespace, CloudCredentialsRef By, string Cloud, string ImageId), Check> checks = new(time);
    private readonly ExpiringCache<(string? Waiting, string? Checked), WaitBudget> waitBudgets = new(time);

    /// <summary>How long it is known that credentials see an image.</summary>
    public static TimeSpan VisibleFor { get; } = TimeSpan.FromMinutes(10);

    /// <summary>How long it is known that credentials do not see an image.</summary>
    public static TimeSpan NotVisibleFor { get; } = TimeSpan.FromMinutes(1);

    /// <summary>For each set of one namespace, the session and the access of its credentials if they see the image of this connection; else
    /// null. When only a list shows whether the set selects the image, the session has listed the images.</summary>
    /// <param name="waiting">The namespace of the reconciled set.</param>
    /// <exception cref="CloudException">A check did not end in time.</exception>
    public async Task<IReadOnlyList<(RegisteredSet Set, CloudSession? Session, CloudAccess? Access)>> FindAsync(
        string? waiting, CloudConnection by, Image image, IGrouping<string?, RegisteredSet> sets, CancellationToken cancellationToken)
    {
        var budget = waitBudgets.GetOrPut((waiting, sets.Key), _ => new WaitBudget(time), WaitBudgetPeriod);
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        if (budget.Left is { Ticks: > 0 } rest) late.CancelAfter(rest < MaxWait ? rest : MaxWait);
        else await late.CancelAsync();
        using var slots = new SemaphoreSlim(MaxConcurrentChecks);
        // One check for all sets that use the same credentials.
        var results = await Task.WhenAll(sets.GroupBy(set => set.Spec.CloudCredentialsRef).Select(async group =>
            (Sets: group, Check: await CheckAsync(by, image, [.. group], budget, slots, late.Token, cancellationToken))));
        if (results.Any(result => result.Check is null) && budget.Left > TimeSpan.Zero)
        {
            throw new CloudException(
                CloudErrorKind.Transient,
                $"An ImageTagSet of namespace {sets.Key} also matches image {image.Id}, and the operator does not know yet "
                + "whether that set's credentials can see the image. It is tried again.");
        }

        return [.. from result in results from set in result.Sets select (set, result.Check?.Target, result.Check?.Access)];
    }

    /// <summary>Checks whether the credentials of other sets see the image.</summary>
    /// <param name="sets">Sets of one namespace with the same credentials.</param>
    /// <returns>Null when it is not known.</returns>
    private async Task<Check?> CheckAsync(
        CloudConnection by, Image image, RegisteredSet[] sets, WaitBudget budget, SemaphoreSlim slots, CancellationToken late,
        CancellationToken cancellationToken)
    {
        var (other, credentials) = (sets[0], sets[0].Spec.CloudCredentialsRef);
        var lists = sets.Where(NeedsList).Select(set => ImageChoice.Term(set.Spec.Image)).Distinct().ToArray();
        var last = other.Memory.LastUsed(credentials);
        var key = (other.Set.Metadata.NamespaceProperty, credentials, by.Cloud, image.Id);
        if (checks.TryGet(key, out var known) && known.IsOf(last) && known.HasListed(lists)) return known;
        if (last is not null && !last.MayReach(by.Cloud)) return Check.OtherCloud;
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
                var access = await AccessToAsync(by, image, session, either.Token);
                if (access is not null) await Task.WhenAll(lists.Select(term => ListAsync(session, term))).WaitAsync(either.Token);
                result = new Check(new(session), access);
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
    private static async Task<CloudAccess?> AccessToAsync(
        CloudConnection by, Image image, CloudSession session, CancellationToken cancellationToken)
    {
        if (session == by.Session) return by.Access;
        if (!session.MayReach(by.Cloud)) return null;
        var access = await session.GetAccessAsync(cancellationToken);
        var isVisible = access.Cloud == by.Cloud && await session.GetImageAsync(image.Id, cancellationToken) is not null;
        return isVisible ? access : null;
    }

    /// <summary>Lists the images, unless the session did before. The list is shared with the sets of the session, so a check that gives up
    /// does not cancel it.</summary>
    private static async Task ListAsync(CloudSession session, ImageTerm term)
    {
        if (session.Images.Latest(term) is null) await session.Images.ReadAsync(term, CancellationToken.None);
    }

    /// <summary>With <c>newest</c>, the status shows which images a set selects, if it is of the current spec. Else a list does.</summary>
    private static bool NeedsList(RegisteredSet set) => set.Spec.Image.Selector?.Newest is not null
        && (set.Set.Status.Image is null || LeftImageFinder.IsEdited(set.Set));

    /// <summary>The result of reading the image with the credentials of another set.</summary>
    /// <param name="Session">The session that read it, or null. The reference does not keep it alive.</param>
    /// <param name="Access">Null when the credentials do not see the image.</param>
    private sealed record Check(WeakReference<CloudSession>? Session, CloudAccess? Access)
    {
        public static readonly Check OtherCloud = new(null, null);

        public CloudSession? Target => Session is not null && Session.TryGetTarget(out var session) ? session : null;

        /// <summary>False when the set has used other credentials since.</summary>
        public bool IsOf(CloudSession? last) => last is null || Target == last;

        public bool HasListed(IEnumerable<ImageTerm> terms) => Access is null || terms.All(term => Target?.Images.Latest(term) is not null);
    }
}
