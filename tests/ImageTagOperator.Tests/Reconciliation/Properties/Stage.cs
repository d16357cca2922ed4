using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>Plays a story: the queue and the workers of the operator, one turn at a time on a clock that jumps to the next.</summary>
internal sealed class Stage : IEntityQueue<V1Alpha1ImageTagSet>, IDisposable
{
    /// <summary>More turns than any story takes to come to rest.</summary>
    private const int Enough = 600;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    private readonly Story story;
    private readonly FakeTimeProvider clock = new();
    private readonly Queue<Change> changes;
    private readonly SortedDictionary<string, DateTimeOffset> due = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> failures = [];
    private readonly List<object> log = [];
    private readonly TimeSpan pause;
    private OperatorLife life;

    /// <param name="isPatient">Changes wait until all is quiet; else they come before the request that they name.</param>
    public Stage(Story story, bool isPatient)
    {
        this.story = story;
        changes = new Queue<Change>(story.Changes.OrderBy(change => change.At));
        Wire = new Wire(story.Incidents);
        Glance = new ModelGlance(Wire, clock);
        Kubernetes = new ModelKubernetes(Wire, clock);
        foreach (var tags in story.Images) Glance.Import(new ModelImage(Glance.Images.Count, tags));
        for (var set = 0; set < story.Sets.Count; set++) Declare(set, story.Sets[set]);
        History.Note(this);
        life = Start();
        if (isPatient) pause = LongestRetry;
        else Wire.Arriving = ChangeBefore;
    }

    public Wire Wire { get; }

    public ModelGlance Glance { get; }

    public ModelKubernetes Kubernetes { get; }

    public History History { get; } = new();

    /// <summary>The sets that are declared now, by index.</summary>
    public SortedDictionary<int, Declared> Alive { get; } = [];

    public Tally Tally => Tally.Of(Glance.Calls, Kubernetes);

    public bool HasChangesLeft => changes.Count > 0;

    public void Enqueue(NamespacedName key, TimeSpan after = default)
    {
        var at = clock.GetUtcNow() + after;
        if (!due.TryGetValue(key.Name, out var known) || at < known) due[key.Name] = at;
    }

    /// <summary>Until all is done and stays so.</summary>
    public async Task PlayAsync()
    {
        await SettleAsync();
        while (HasChangesLeft)
        {
            ChangeNow();
            await SettleAsync();
        }
    }

    /// <summary>Turns until each set has had two in a row in which nothing changed anywhere.</summary>
    public async Task SettleAsync()
    {
        var calm = new Dictionary<string, int>();
        for (var turn = 0; due.Count > 0 && due.Keys.Any(name => calm.GetValueOrDefault(name) < 2); turn++)
        {
            Check(turn < Enough, $"not quiet after {Enough} turns");
            var before = Fingerprint();
            var name = due.Where(entry => calm.GetValueOrDefault(entry.Key) < 2).MinBy(entry => entry.Value).Key;
            var isCalm = await TurnInTimeAsync(name);
            if (isCalm && before == Fingerprint()) calm[name] = calm.GetValueOrDefault(name) + 1;
            else calm.Clear();
        }

        Glance.Land();
    }

    /// <summary>One more turn of each set, at its time.</summary>
    public async Task TurnEachAsync()
    {
        foreach (var name in due.Keys.ToArray()) await TurnInTimeAsync(name);
    }

    public void ChangeNow()
    {
        var change = changes.Dequeue();
        clock.Advance(pause);       // by now all have to look again, and the oldest comes first
        log.Add($"--- {change}");
        if (change.Import is { } tags) Glance.Import(new ModelImage(Glance.Images.Count, tags));
        History.Note(this);
        foreach (var (set, spec) in change.Edits)
        {
            if (spec is not null) Declare(set, spec);
            else Withdraw(set);
        }

        History.Note(this);
        foreach (var set in Kubernetes.All) due[set.Metadata.Name!] = clock.GetUtcNow();
    }

    /// <summary>Fails with what is wrong and all that happened.</summary>
    public void Check(bool holds, string wrong)
    {
        if (!holds) Assert.Fail(Tell(wrong));
    }

    private string Tell(string wrong) =>
        $"{wrong}\n{story}  in the "
            + $"end:\n{string.Concat(Glance.Images.Select(image => $"    image {image.Index} [{string.Join("|", image.Rows.Order(StringComparer.Ordinal))}]\n"))}"
        + string.Concat(Kubernetes.All.Select(set => $"    {set.Metadata.Name}: {Describe(set)}\n"))
        + $"  {string.Join("\n  ", log.TakeLast(120))}";

    public static string NameOf(int set) => $"s{set}";

    public void Dispose() => life.Dispose();

    private static string Describe(V1Alpha1ImageTagSet set) =>
        string.Join(", ", (set.Status.Conditions ?? []).Select(condition => $"{condition.Type}={condition.Status} {condition.Reason}"))
        + string.Concat((set.Status.Images ?? []).Select(image => $" {image.Id[..8]}=[{string.Join("|", image.ManagedTags ?? [])}]"));

    private void Declare(int set, Declared spec)
    {
        Alive[set] = spec;
        Kubernetes.Apply(NameOf(set), spec.Spec, clock.GetUtcNow().AddDays(set - 100));
    }

    private void Withdraw(int set)
    {
        Alive.Remove(set);
        Kubernetes.Delete(NameOf(set));
    }

    private OperatorLife Start()
    {
        var started = new OperatorLife(Kubernetes, Kubernetes, Glance, this, clock, new JumpingTime(clock));
        foreach (var set in Kubernetes.All) Enqueue(set.Key());
        return started;
    }

    private void ChangeBefore(int request)
    {
        while (changes.TryPeek(out var next) && next.At <= request) ChangeNow();
    }

    private Task<bool> TurnInTimeAsync(string name)
    {
        if (clock.GetUtcNow() < due[name]) clock.Advance(due[name] - clock.GetUtcNow());
        return TurnAsync(name);
    }

    /// <summary>True when it went well, or ended with what only a person can mend.</summary>
    private async Task<bool> TurnAsync(string name)
    {
        due.Remove(name);
        if (Kubernetes.TryGet(new NamespacedName(ModelKubernetes.Namespace, name)) is not { } set) return false;
        var (calls, writes) = (Glance.Calls.Count, Kubernetes.Writes.Count);
        var result = await ResultAsync(set);
        log.AddRange(Glance.Calls.Skip(calls));
        log.AddRange(Kubernetes.Writes.Skip(writes));
        log.Add($"-- {name} at {clock.GetUtcNow():HH:mm:ss}: {result}");
        if (Wire.IsDead) Restart();
        return result == "ok"
            && Kubernetes.TryGet(set.Key())?.Status.Conditions?.Any(condition => condition.Reason == nameof(Reason.Contended)) == false;
    }

    private async Task<string> ResultAsync(V1Alpha1ImageTagSet set)
    {
        try
        {
            var result = await life.TurnAsync(set);
            if (result is null) return "gone";
            if (result.IsSuccess)
            {
                failures.Remove(set.Metadata.Name!);
                if (result.RequeueAfter is { } after) Enqueue(set.Key(), after);
                return "ok";
            }

            Retry(set, result.RequeueAfter);
            return result.ErrorMessage!;
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or KubernetesException)
        {
            Retry(set, null);
            return e.Message;
        }
    }

    private void Retry(V1Alpha1ImageTagSet set, TimeSpan? after)
    {
        var count = failures[set.Metadata.Name!] = failures.GetValueOrDefault(set.Metadata.Name!) + 1;
        var growing = FirstRetry * Math.Pow(2, Math.Min(count, 20));
        Enqueue(set.Key(), after ?? (growing < LongestRetry ? growing : LongestRetry));
    }

    private void Restart()
    {
        life.Dispose();
        Glance.Land();
        Wire.Revive();
        failures.Clear();
        due.Clear();
        life = Start();
        log.Add("--- another process");
    }

    private string Fingerprint() =>
        string.Join(';', Glance.Images.Select(image => string.Join('|', image.Rows.Order(StringComparer.Ordinal))))
            + $" {Kubernetes.Writes.Count} {Wire.Lives} {changes.Count}";
}
