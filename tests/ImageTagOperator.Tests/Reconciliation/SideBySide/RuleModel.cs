using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Tests.Reconciliation.Properties;

namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>A model of the two tables of docs/concepts.md, "Who wins" and "What lets a tag go": given a story, it computes the tags of the
/// images, and the tags that each set manages, when everything is idle. The model reconciles the sets in turn until nothing changes.
/// According to the rules, the order makes no difference.</summary>
internal sealed class RuleModel(SharedStory story)
{
    /// <summary>More rounds than the sets can cause.</summary>
    private const int Enough = 20;

    private readonly Picture[] images = [.. story.Images];
    private readonly HashSet<string>[] live = [.. story.Images.Select(image => image.Tags.ToHashSet())];
    private readonly Login[] secrets = [.. story.Secrets];
    private readonly SortedDictionary<int, Wish> alive = [];
    private readonly Dictionary<(int Set, int Image), Hold> holds = [];
    private readonly Dictionary<int, (Aim Aim, int Secret)> applied = [];
    private readonly Dictionary<int, Login> lastGood = [];
    private readonly HashSet<int> hadImages = [];
    private readonly HashSet<(int Set, string Tag)> declared = [];
    private Dictionary<int, Wish> deleted = [];
    private bool isChanged;

    /// <summary>Images changed in the act. Only the next list of a set with newest shows which images it selects now.</summary>
    private bool isNewestUnknown;

    public IReadOnlyList<IReadOnlySet<string>> Live => live;

    /// <summary>Replaced credentials were needed, which only a process that saw them still has: a restart would lose them.</summary>
    public bool NeedsMemory { get; private set; }

    /// <summary>Runs an act to its end.</summary>
    /// <param name="isBackwards">The youngest set is first.</param>
    public void RunAct(Act act, bool isBackwards)
    {
        (NeedsMemory, isNewestUnknown) = (false, act.Images.Count > 0);
        foreach (var (secret, login) in act.Secrets) secrets[secret] = login;
        foreach (var (image, facts) in act.Images) images[image] = facts;
        deleted = act.Sets.Where(edit => edit.Value is null && alive.ContainsKey(edit.Key))
            .ToDictionary(edit => edit.Key, edit => alive[edit.Key]);
        foreach (var (set, wish) in act.Sets)
        {
            if (wish is null) alive.Remove(set);
            else alive[set] = wish;
            declared.UnionWith((wish?.Tags ?? []).Select(tag => (set, tag)));
        }

        Settle(isBackwards);
        // After five minutes a deleted set and an unreachable image are given up, and the others continue.
        foreach (var key in holds.Keys.Where(key => deleted.ContainsKey(key.Set) || holds[key].IsUnreachable).ToArray()) holds.Remove(key);
        Settle(isBackwards);
        foreach (var set in deleted.Keys)
        {
            applied.Remove(set);
            lastGood.Remove(set);
            hadImages.Remove(set);
        }
    }

    private void Settle(bool isBackwards)
    {
        for (var round = 0; ; round++)
        {
            if (round == Enough) throw new InvalidOperationException("the rules reach no stable state");
            isChanged = false;
            var order = alive.Keys.Concat(deleted.Keys).Order().ToArray();
            foreach (var set in isBackwards ? order.Reverse() : order)
            {
                if (alive.TryGetValue(set, out var wish)) Reconcile(set, wish);
                else Delete(set, deleted[set]);
            }

            if (!isChanged) break;
        }
    }

    /// <summary>Models the loss of the operator's memory of replaced credentials.</summary>
    public void Forget()
    {
        foreach (var (set, _) in lastGood.ToArray()) lastGood.Remove(set);
        foreach (var (set, wish) in alive.Where(entry => !entry.Value.IsInvalid && !entry.Value.IsSuspended)) RememberLogin(set, wish);
    }

    /// <summary>Why a change is wrong at any moment; null when it is allowed.</summary>
    public string? Violation(TagChange change)
    {
        var (set, image, tag) = (change.Set ?? -1, change.Image, change.Tag);
        if (!alive.TryGetValue(set, out var wish) && !deleted.TryGetValue(set, out wish)) return "no set makes this change";
        if (!wish.TakesPart && !(wish.IsInvalid && deleted.ContainsKey(set))) return "its set has no permission to write";
        var isLeaving = deleted.ContainsKey(set) || SelectedImages(wish)?.Contains(image) != true;
        if (deleted.ContainsKey(set) && wish.OnDeletion == TagDeletionPolicy.Retain) return "its set retains its tags";
        if (change.Adds) return (!isLeaving && wish.Tags.Contains(tag)) || wish.OnDeletion == TagDeletionPolicy.Restore ? null
            : "its set does not declare it";
        if (!declared.Contains((set, tag)) && (isLeaving || !wish.IsExact || wish.Ignores(tag))) return "its set never declared it";
        var isOwner = change.By.Project == images[image].Owner;
        var claims = NotExcluded(image, secret: -1)
            .Where(claim => claim.Set != set && claim.Wish.Tags.Contains(tag) && !(isNewestUnknown && claim.Wish.Aim.Newest is not null)
                && secrets[claim.Wish.Secret].Writes(images[image]));
        return claims.FirstOrDefault(claim => claim.Owns || !isOwner) is { } other ? $"set {other.Set} declares it" : null;
    }

    /// <summary>Whether the set's current spec selects the image, by the properties of the image itself.</summary>
    private bool Selects(Aim aim, int image)
    {
        var facts = images[image];
        if (!facts.IsThere) return false;
        if (!aim.IsSelector) return facts.Number == aim.Number;
        return facts.Status == "active" && (!aim.IsMarked || facts.IsMarked)
            && (aim.Glob == "*" || ModelImage.NameOf(facts.Number).StartsWith(aim.Glob!.TrimEnd('*'), StringComparison.Ordinal));
    }

    /// <summary>The images of the set that its credentials can see; null: an image that it names is not visible.</summary>
    private int[]? SelectedImages(Wish wish)
    {
        var login = secrets[wish.Secret];
        var found = Enumerable.Range(0, images.Length).Where(image => login.Sees(images[image]) && Selects(wish.Aim, image))
            .OrderBy(image => images[image].Number).ToArray();
        if (wish.Aim.IsSelector) return wish.Aim.Newest is { } newest ? [.. found.TakeLast(newest)] : found;
        return found.Length == 1 ? found : null;
    }

    /// <summary>The sets on the image that no earlier set excludes: first those whose credentials' project owns it, then by age.</summary>
    /// <param name="secret">The Secret of the reconciled set: sets with the same Secret see the same images.</param>
    /// <param name="leaving">A set that leaves the image.</param>
    /// <param name="isProvenOnly">Only sets that have shown with their current spec that they can write.</param>
    private List<Claim> NotExcluded(int image, int secret, Claim? own = null, int leaving = -1, bool isProvenOnly = false)
    {
        var notExcluded = new List<Claim>();
        var claims = alive.Keys.Where(set => set != own?.Set && set != leaving).Select(set => ClaimOf(set, image, secret)).OfType<Claim>()
            .Where(claim => !isProvenOnly || IsProven(claim, image));
        foreach (var claim in (own is null ? claims : claims.Append(own)).OrderBy(claim => claim.Owns ? 0 : 1).ThenBy(claim => claim.Set))
        {
            if (notExcluded.Count == 0 || (!notExcluded[0].Wish.IsExact && !claim.Wish.IsExact)) notExcluded.Add(claim);
        }

        return notExcluded;
    }

    private Claim? ClaimOf(int set, int image, int? secret = null, bool evenRefused = false)
    {
        var wish = alive[set];
        if (!wish.TakesPart || !Selects(wish.Aim, image)) return null;
        var login = secrets[wish.Secret];
        if (!holds.TryGetValue((set, image), out var hold))
        {
            return login.Sees(images[image]) && SelectedImages(wish)?.Contains(image) == true
                ? new Claim(set, wish, login.Project == images[image].Owner) : null;
        }

        // A refusal counts for the login that was refused. After an edit, and for sets with the same Secret, the current one is known.
        var isUnknown = hold.Secret == wish.Secret && wish.Secret != secret;
        if (!evenRefused && hold.IsRefused && (isUnknown || login.IsSameUser(hold.TriedAs))) return null;
        var isEdited = applied.TryGetValue(set, out var before) && before != (wish.Aim, wish.Secret);
        if (wish.Aim.IsSelector && hold.Leaving is not null && !isEdited) return null;
        if (wish.Aim.Newest is not null && isEdited && SelectedImages(wish)?.Contains(image) != true) return null;
        // A set with other credentials must have seen the image itself.
        if (hold.Secret == wish.Secret && wish.Secret != secret) return new Claim(set, wish, hold.Project == images[image].Owner);
        return login.Sees(images[image]) ? new Claim(set, wish, login.Project == images[image].Owner) : null;
    }

    private void Reconcile(int set, Wish wish)
    {
        if (wish.IsInvalid || wish.IsSuspended || SelectedImages(wish) is not { } chosen) return;
        var login = secrets[wish.Secret];
        var isEdited = applied.TryGetValue(set, out var before) && before != (wish.Aim, wish.Secret);
        var leaving = Leaving(set, wish, login, chosen, isEdited);
        RememberLogin(set, wish);
        var nothing = chosen.Length == 0 && wish.Aim.IsSelector && hadImages.Contains(set);
        if (nothing && wish.Aim.Newest is not null)
        {
            foreach (var leave in leaving.Where(leave => leave.Cause == LeavingCause.MovedOn)) leave.Hold.Leaving = null;
            leaving.RemoveAll(leave => leave.Cause == LeavingCause.MovedOn);
        }

        if (chosen.Length > 0) hadImages.Add(set);
        applied[set] = (wish.Aim, wish.Secret);
        var isMoving = leaving.Any(leave => leave.Hold.Managed.Overlaps(wish.Tags));
        var shares = chosen.Select(image => ShareOf(set, wish, image, login) with { IsMoving = isMoving }).ToArray();
        var isHeld = wish.Mode == TagSetMode.Observe
            || shares.Sum(share => LimitedRemovals(set, wish, share, login)) + leaving.Sum(leave => LimitedRemovals(set, wish, leave))
                > wish.MaxRemovals;
        foreach (var share in shares) ApplyShare(set, wish, share, login, isHeld);
        var mayRelease = shares.Length == 0 || (shares.Any(HasAll) && shares.All(share => HasAll(share) || share.IsStalled));
        foreach (var leave in leaving) Release(set, wish, leave, mayRelease, isHeld);

        bool HasAll(Share share) => !share.IsRefused && wish.Tags.All(tag => live[share.Image].Contains(tag)
            && (share.TakesPart || (HasWritten(share.First.Set, share.Image) && Tolerates(share.First, tag)
                && !holds.Any(entry => IsGivingUp(entry.Key, entry.Value, tag, share.Image, set)))));
    }

    private void Delete(int set, Wish wish)
    {
        if (wish.OnDeletion == TagDeletionPolicy.Retain || wish.Mode == TagSetMode.Observe || wish.IsSuspended) return;
        foreach (var (key, hold) in holds.Where(entry => entry.Key.Set == set).ToArray())
        {
            if (LoginThatReaches(hold, wish, set, key.Image) is { } by) Release(
                set, wish, new Leave(key.Image, hold, LeavingCause.Edited, by), mayRelease: true, isHeld: false);
        }
    }

    /// <summary>The images that the set leaves and can reach; handles those that it forgets or keeps.</summary>
    private List<Leave> Leaving(int set, Wish wish, Login login, int[] chosen, bool isEdited)
    {
        var leaving = new List<Leave>();
        foreach (var ((_, image), hold) in holds.Where(entry => entry.Key.Set == set && !chosen.Contains(entry.Key.Image)).ToArray())
        {
            LeavingCause? cause = isEdited ? LeavingCause.Edited : hold.Leaving;
            if ((cause == LeavingCause.Edited && wish.OnDeletion == TagDeletionPolicy.Retain)
                || (hold.Managed.Count == 0 && hold.Before is null))
            {
                Drop(set, image);
            }
            else if (cause is not null)
            {
                if (LoginThatReaches(hold, wish, set, image) is { } by)
                {
                    // With newest, the image still is a candidate.
                    var isCandidate = login.Sees(images[image]) && Selects(wish.Aim, image);
                    leaving.Add(new Leave(image, hold, isCandidate ? LeavingCause.MovedOn : cause.Value, by));
                }
                else if (IsGone(hold, image,
                    [secrets[hold.Secret], login, .. lastGood.TryGetValue(set, out var last) ? new[] { last } : []])) Drop(set, image);
                else if (!hold.IsUnreachable || hold.Leaving != cause) (hold.IsUnreachable, hold.Leaving, isChanged) = (true, cause, true);
            }
            else if (login.Sees(images[image]) && images[image].IsThere) leaving.Add(new Leave(image, hold, LeavingCause.MovedOn, login));
            else if (IsGone(hold, image, [login])) Drop(set, image);
        }

        return leaving;
    }

    /// <summary>The image is not visible to the project that saw it before.</summary>
    private bool IsGone(Hold hold, int image, Login[] tries) =>
        tries.Any(
            by => by.Cloud == images[image].Cloud && by.Project == hold.Project && !(images[image].IsThere && by.Sees(images[image])));

    /// <summary>First the credentials that reached the image before.</summary>
    private Login? LoginThatReaches(Hold hold, Wish wish, int set, int image)
    {
        if (!images[image].IsThere) return null;
        foreach (var by in new[] { secrets[hold.Secret], secrets[wish.Secret] })
        {
            if (by.Sees(images[image])) return by;
        }

        if (!lastGood.TryGetValue(set, out var last) || !last.Sees(images[image])) return null;
        NeedsMemory = true;
        return last;
    }

    /// <summary>Every image was reached with the current credentials.</summary>
    private void RememberLogin(int set, Wish wish)
    {
        if (SelectedImages(wish) is not { } chosen) return;
        var login = secrets[wish.Secret];
        var isAll = holds.Where(entry => entry.Key.Set == set && !chosen.Contains(entry.Key.Image))
            .All(entry => !entry.Value.IsUnreachable && login.Sees(images[entry.Key.Image]));
        if (isAll) lastGood[set] = login;
    }

    private Share ShareOf(int set, Wish wish, int image, Login login, bool isProvenOnly = false)
    {
        var own = new Claim(set, wish, login.Project == images[image].Owner);
        var notExcluded = NotExcluded(image, wish.Secret, own, isProvenOnly: isProvenOnly);
        var managed = holds.GetValueOrDefault((set, image))?.Managed ?? [];
        var others = OthersOf(notExcluded, set, image, wish.Secret, own.Owns, isProvenOnly);
        var removes = live[image].Where(tag => (wish.IsExact || managed.Contains(tag)) && !wish.Tags.Contains(tag) && !wish.Ignores(tag)
            && !others.Any(claim => claim.Wish.Tags.Contains(tag))
            && (wish.IsExact || Movers(tag, image, set, own.Owns, isProvenOnly).Length == 0));
        return new Share(
            image, notExcluded[0], notExcluded.Contains(own), own.Owns, others, [.. removes], [.. wish.Tags.Except(live[image])]);
    }

    /// <summary>The sets whose tags a set keeps. A set that is excluded by one that has not proved yet that it can write counts, except for
    /// that one. The owner of an image waits only for sets that have proved it.</summary>
    private Claim[] OthersOf(List<Claim> notExcluded, int set, int image, int? secret, bool owns, bool isProvenOnly)
    {
        var isFirstProven = isProvenOnly || notExcluded.Count == 0 || notExcluded[0].Set == set || HasWritten(notExcluded[0].Set, image);
        var first = isFirstProven ? null : notExcluded[0];
        var excluded = first is null ? [] : alive.Keys.Where(other => other != set && notExcluded.All(claim => claim.Set != other))
            .Select(other => ClaimOf(other, image, secret)).OfType<Claim>();
        return [.. notExcluded.Concat(excluded).Where(claim => claim.Set != set && (claim.Owns || !owns || HasWritten(claim.Set, image)))];
    }

    private bool HasWritten(int set, int image) =>
        HasWrittenItself(set, image) || HasWritten(secrets[alive[set].Secret], image);

    private bool HasWrittenItself(int set, int image) =>
        holds.GetValueOrDefault((set, image)) is { TriedAs: not null, IsRefused: false };

    /// <summary>A write proves for all sets with the same user that they can write.</summary>
    private bool HasWritten(Login login, int image) =>
        holds.Any(entry => entry.Key.Image == image && !entry.Value.IsRefused && login.IsSameUser(entry.Value.TriedAs));

    /// <summary>What the set removes, also when the sets that have not proved that they can write prove unable to.</summary>
    private int LimitedRemovals(int set, Wish wish, Share share, Login login) => new[] { share, ShareOf(set, wish, share.Image, login, true) }
        .Where(each => each.TakesPart).SelectMany(each => each.Removes).Distinct().Count();

    private int LimitedRemovals(int set, Wish wish, Leave leave) =>
        PlanOf(set, wish, leave).Removes.Union(PlanOf(set, wish, leave, isProvenOnly: true).Removes).Count();

    private bool IsProven(Claim claim, int image) =>
        HasWritten(claim.Set, image) && applied.GetValueOrDefault(claim.Set) == (claim.Wish.Aim, claim.Wish.Secret);

    /// <summary>The set excludes another one, takes over a tag that another one gives up, or moves one here. A held set takes over
    /// nothing.</summary>
    private bool MustProve(int set, Wish wish, Share share, bool isHeld)
    {
        var claims = alive.Keys.Where(other => other != set).Select(other => ClaimOf(other, share.Image, wish.Secret, evenRefused: true))
            .OfType<Claim>();
        return (share.IsMoving && !isHeld) || (share.First.Set == set && claims.Any(claim => claim.Wish.IsExact || wish.IsExact))
            || (!isHeld && wish.Tags.Where(live[share.Image].Contains)
                .Any(tag => holds.Any(entry => IsGivingUp(entry.Key, entry.Value, tag, share.Image, set))));
    }

    private void ApplyShare(int set, Wish wish, Share share, Login login, bool isHeld)
    {
        var image = share.Image;
        if (!holds.TryGetValue((set, image), out var hold))
        {
            holds[(set, image)] = hold = new Hold();
            isChanged = true;
        }

        isChanged |= (hold.Project, hold.Secret, hold.Leaving) != (login.Project, wish.Secret, null);
        (hold.Project, hold.Secret, hold.Leaving, hold.IsUnreachable) = (login.Project, wish.Secret, null, false);
        if (wish.OnDeletion != TagDeletionPolicy.Restore) hold.Before = null;
        else if (hold.Before is null && share.TakesPart && wish.Mode == TagSetMode.Enforce) hold.Before = OriginalTagsOf(set, image, hold);
        if (!share.TakesPart) share.IsStalled = true;
        if (hold.TriedAs is not null && !login.IsSameUser(hold.TriedAs)) SetAccess(hold, null, isRefused: false);
        if (wish.Mode == TagSetMode.Observe) return;
        if (!share.TakesPart)
        {
            SetManaged(hold, [.. hold.Managed.Where(tag => !IsSucceeded(set, image, tag))]);
            return;
        }

        // A set on which others depend, and which changes nothing now, proves that it can write.
        var work = share.Adds.Count + share.Removes.Count > 0 && !isHeld;
        if (HasWritten(login, image)) SetAccess(hold, login, isRefused: false);
        var proves = !work && !(login.IsSameUser(hold.TriedAs) && !hold.IsRefused) && MustProve(set, wish, share, isHeld);
        var mayNot = !login.Writes(images[image]);
        if ((work || proves) && images[image].IsWritable) SetAccess(hold, login, mayNot);
        if (isHeld) return;
        mayNot &= (work || proves) && images[image].IsWritable;
        share.IsRefused = mayNot;
        share.IsStalled = mayNot || (work && images[image].Status == "deactivated");
        if (work && images[image].IsWritable && !mayNot)
        {
            live[image].ExceptWith(share.Removes);
            live[image].UnionWith(share.Adds);
            isChanged = true;
        }

        var stays = hold.Managed.Where(tag => live[image].Contains(tag) && !wish.Tags.Contains(tag)
            && (share.Removes.Contains(tag)
                || IsAwaited(tag, image, share.Others, wish.IsExact ? [] : Movers(tag, image, set, share.Owns), set))
            && !(share.IsRefused && IsSucceeded(set, image, tag)));
        SetManaged(hold, [.. wish.Tags, .. stays]);
    }

    /// <summary>The tags from before the first set: the record of a set that leaves, else the tags that no set added or declares.</summary>
    private HashSet<string> OriginalTagsOf(int set, int image, Hold own)
    {
        isChanged = true;
        var others = holds.Where(entry => entry.Key.Image == image && entry.Key.Set != set && !IsObserver(entry.Key.Set)
            && !IsRetained(entry.Key.Set, image)).ToArray();
        var passedOn = others.Where(entry => entry.Value.Before is not null && WishOf(entry.Key.Set).OnDeletion == TagDeletionPolicy.Restore
            && !IsClaiming(entry.Key.Set, image)).OrderBy(entry => entry.Key.Set).Select(entry => entry.Value.Before)
            .FirstOrDefault();
        if (passedOn is not null) return [.. passedOn];
        var claims = alive.Keys.Where(other => other != set).Select(other => ClaimOf(other, image)).OfType<Claim>();
        return [.. live[image].Except(own.Managed).Except(others.SelectMany(entry => entry.Value.Managed))
            .Except(claims.SelectMany(claim => claim.Wish.Tags))];
    }

    private bool IsRetained(int set, int image)
    {
        if (!alive.TryGetValue(set, out var wish)) return deleted[set].OnDeletion == TagDeletionPolicy.Retain;
        var isEdited = (applied.TryGetValue(set, out var before) && before != (wish.Aim, wish.Secret))
            || holds[(set, image)].Leaving == LeavingCause.Edited;
        return wish.OnDeletion == TagDeletionPolicy.Retain && isEdited && ClaimOf(set, image) is null;
    }

    private Wish WishOf(int set) => alive.GetValueOrDefault(set) ?? deleted[set];

    private bool IsObserver(int set) => WishOf(set).Mode == TagSetMode.Observe;

    private bool IsClaiming(int set, int image) => alive.ContainsKey(set) && ClaimOf(set, image, evenRefused: true) is not null;

    private (List<string> Adds, List<string> Removes, Claim[] Others) PlanOf(
        int set, Wish wish, Leave leave, bool isProvenOnly = false)
    {
        var owns = leave.By.Project == images[leave.Image].Owner;
        // Credentials that were replaced do not show what the other sets of the Secret see now.
        var secret = leave.By == secrets[leave.Hold.Secret] ? leave.Hold.Secret : -1;
        var notExcluded = NotExcluded(leave.Image, secret, leaving: set, isProvenOnly: isProvenOnly);
        var others = OthersOf(notExcluded, set, leave.Image, secret, owns, isProvenOnly);
        var back = wish.OnDeletion == TagDeletionPolicy.Restore && leave.Hold.Before is { } before
            ? before.Where(tag => others.Intersect(notExcluded).All(claim => MayRestore(claim, tag, leave.Image))).ToArray()
            : [];
        var now = live[leave.Image];
        return ([.. back.Except(now)],
            [.. leave.Hold.Managed.Intersect(now).Except(back).Where(tag => !others.Any(claim => claim.Wish.Tags.Contains(tag))
                && Movers(tag, leave.Image, set, owns, isProvenOnly).Length == 0)], others);
    }

    private void Release(int set, Wish wish, Leave leave, bool mayRelease, bool isHeld)
    {
        var (image, hold) = (leave.Image, leave.Hold);
        var (adds, removes, others) = PlanOf(set, wish, leave);
        var heldBack = mayRelease || isHeld ? [] : wish.Tags.Intersect(hold.Managed).ToArray();
        if (heldBack.Length > 0) (adds, removes) = ([],
            [.. removes.Except(heldBack)]);
        var work = adds.Count + removes.Count > 0;
        if (work && !isHeld && images[image].IsWritable)
        {
            SetAccess(hold, leave.By, !leave.By.Writes(images[image]));
            if (!hold.IsRefused)
            {
                live[image].ExceptWith(removes);
                live[image].UnionWith(adds);
                (isChanged, work) = (true, false);
            }
        }

        var owns = leave.By.Project == images[image].Owner;
        var isAwaited = hold.Managed.Any(tag => live[image].Contains(tag)
            && IsAwaited(tag, image, others, Movers(tag, image, set, owns), set));
        var notExcluded = NotExcluded(image, secret: -1, leaving: set);
        isAwaited |= wish.OnDeletion == TagDeletionPolicy.Restore && hold.Before is { } back
            && back.Any(tag => live[image].Contains(tag) && others.Intersect(notExcluded).All(claim => MayRestore(claim, tag, image))
                && IsGivenUpLater(tag, image, set));
        isAwaited |= wish.OnDeletion == TagDeletionPolicy.Restore && hold.Before is not null && notExcluded.Any(claim =>
            claim.Set != set && claim.Wish.OnDeletion == TagDeletionPolicy.Restore
            && holds.GetValueOrDefault((claim.Set, image))?.Before is null);
        if (!work && !isAwaited && heldBack.Length == 0) Drop(set, image);
        else if (hold.Leaving != leave.Cause) (hold.Leaving, isChanged) = (leave.Cause, true);
    }

    /// <summary>Another set declares the tag or moves it away, and none of them manages it yet. Of several that move it, the oldest
    /// waits for the others.</summary>
    private bool IsAwaited(string tag, int image, Claim[] others, Claim[] movers, int set)
    {
        var heirs = others.Where(claim => claim.Wish.Tags.Contains(tag)).Concat(movers).ToArray();
        return heirs.Length > 0 && !heirs.Any(claim => movers.Contains(claim)
            ? claim.Set < set || !IsMoving(set, image, tag)
            : IsProven(claim, image) && holds.GetValueOrDefault((claim.Set, image))?.Managed.Contains(tag) == true);
    }

    /// <summary>The sets that leave the image and keep the tag there until it is on another image.</summary>
    private Claim[] Movers(string tag, int image, int set, bool owns, bool isProvenOnly = false) =>
        [.. holds.Where(entry => entry.Key.Image == image && entry.Key.Set != set && IsMoving(entry.Key.Set, image, tag))
            .Where(entry => alive[entry.Key.Set].TakesPart && !IsRetained(entry.Key.Set, image)
                && !entry.Value.IsRefused)
            .Select(entry => new Claim(entry.Key.Set, alive[entry.Key.Set], entry.Value.Project == images[image].Owner))
            .Where(claim => (claim.Owns || !owns || HasWrittenItself(claim.Set, image))
                && (!isProvenOnly || (HasWrittenItself(claim.Set, image) && IsProven(claim, image))))];

    /// <summary>A set that can write declares and manages the tag when this one does not take part.</summary>
    private bool IsSucceeded(int set, int image, string tag) => NotExcluded(image, alive[set].Secret, leaving: set)
        .Any(claim => claim.Wish.Tags.Contains(tag) && IsProven(claim, image)
            && holds.GetValueOrDefault((claim.Set, image))?.Managed.Contains(tag) == true);

    private bool IsMoving(int set, int image, string tag) => alive.TryGetValue(set, out var wish) && wish.Tags.Contains(tag)
        && holds.GetValueOrDefault((set, image)) is { } hold && hold.Managed.Contains(tag) && !IsClaiming(set, image)
        && !(wish.OnDeletion == TagDeletionPolicy.Restore && hold.Before?.Contains(tag) == true);

    /// <summary>Another set gives up the tag and has not removed it yet. The tag is restored after that.</summary>
    private bool IsGivenUpLater(string tag, int image, int set) => holds.Any(entry =>
        !(entry.Value.IsRefused && secrets[WishOf(entry.Key.Set).Secret].IsSameUser(entry.Value.TriedAs))
        && IsGivingUp(entry.Key, entry.Value, tag, image, set)
        && !(!IsClaiming(entry.Key.Set, image) && WishOf(entry.Key.Set).OnDeletion == TagDeletionPolicy.Restore
            && entry.Value.Before?.Contains(tag) == true));

    private bool IsGivingUp((int Set, int Image) key, Hold hold, string tag, int image, int set)
    {
        var (other, on) = key;
        if (other == set || on != image || !hold.Managed.Contains(tag) || IsObserver(other)) return false;
        if (IsRetained(other, image) || (!deleted.ContainsKey(other) && !alive[other].TakesPart)) return false;
        return deleted.ContainsKey(other) || ClaimOf(other, image, evenRefused: true) is null || !alive[other].Tags.Contains(tag);
    }

    /// <summary>An Exact set that has shown that it can write would only remove the tag again.</summary>
    private bool MayRestore(Claim claim, string tag, int image) => Tolerates(claim, tag) || !HasWritten(claim.Set, image);

    private static bool Tolerates(Claim claim, string tag) =>
        !claim.Wish.IsExact || claim.Wish.Tags.Contains(tag) || claim.Wish.Ignores(tag);

    private void Drop(int set, int image)
    {
        holds.Remove((set, image));
        isChanged = true;
    }

    private void SetAccess(Hold hold, Login? login, bool isRefused)
    {
        isChanged |= (hold.TriedAs, hold.IsRefused) != (login, isRefused);
        (hold.TriedAs, hold.IsRefused) = (login, isRefused);
    }

    private void SetManaged(Hold hold, HashSet<string> managed)
    {
        isChanged |= !hold.Managed.SetEquals(managed);
        hold.Managed = managed;
    }

    /// <summary>A set that takes part on an image, unless an earlier one excludes it.</summary>
    private sealed record Claim(int Set, Wish Wish, bool Owns);

    /// <summary>What a set manages on an image.</summary>
    private sealed class Hold
    {
        public HashSet<string> Managed { get; set; } = [];

        public HashSet<string>? Before { get; set; }

        public string Project { get; set; } = "";

        public int Secret { get; set; }

        public LeavingCause? Leaving { get; set; }

        /// <summary>The login that last wrote to the image.</summary>
        public Login? TriedAs { get; set; }

        /// <summary>The cloud refused that write.</summary>
        public bool IsRefused { get; set; }

        public bool IsUnreachable { get; set; }
    }

    private sealed record Leave(int Image, Hold Hold, LeavingCause Cause, Login By);

    private sealed record Share(
        int Image, Claim First, bool TakesPart, bool Owns, Claim[] Others, HashSet<string> Removes, HashSet<string> Adds)
    {
        public bool IsStalled { get; set; }

        public bool IsRefused { get; set; }

        /// <summary>A declared tag moves here.</summary>
        public bool IsMoving { get; init; }
    }
}
