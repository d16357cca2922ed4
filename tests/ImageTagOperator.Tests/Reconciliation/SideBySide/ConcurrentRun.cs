using System.Globalization;
using ImageTagOperator.Entities;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.Reconciliation.Properties;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>Runs a story in the order of one seed: the queue and the workers of the operator, all sets concurrently, on a clock that jumps
/// when nothing is left to do.</summary>
internal sealed class ConcurrentRun : IEntityQueue<V1Alpha1ImageTagSet>, IDisposable
{
    /// <summary>More steps than any story needs to become idle.</summary>
    private const int MostSteps = 20_000;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    private readonly SharedStory story;
    private readonly int seed;
    private readonly SeededThread thread;
    private readonly FakeTimeProvider clock = new();
    private readonly SortedDictionary<string, DateTimeOffset> due = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Turn> running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> failures = [];
    private readonly HashSet<string> calm = [];
    private readonly List<string> log = [];
    private readonly AsyncLocal<int?> reconciling = new();
    private Lane lane;
    private OperatorLife life;
    private int lives;

    public ConcurrentRun(SharedStory story, int seed)
    {
        (this.story, this.seed) = (story, seed);
        thread = new SeededThread(seed);
        Clouds = new SharedClouds(story, thread, clock) { OnLog = Log, Sender = () => reconciling.Value };
        Cluster = new SharedCluster(thread, clock) { OnLog = Log };
        for (var secret = 0; secret < story.Secrets.Count; secret++) Cluster.Write(secret, story.Secrets[secret]);
        (lane, life) = Start();
    }

    public SharedClouds Clouds { get; }

    public SharedCluster Cluster { get; }

    public void Enqueue(NamespacedName key, TimeSpan after = default)
    {
        var at = clock.GetUtcNow() + after;
        if (!due.TryGetValue(key.Name, out var known) || at < known) due[key.Name] = at;
    }

    /// <summary>Runs one act until everything is idle and its faults are over.</summary>
    /// <param name="mayCrash">Whether the operator crashes where the act says so.</param>
    public void RunAct(Act act, bool mayCrash)
    {
        Log($"--- {act}");
        Advance(LongestRetry);      // every set is due again
        foreach (var (secret, login) in act.Secrets) Cluster.Write(secret, login);
        foreach (var (image, facts) in act.Images) Clouds.Change(image, facts);
        foreach (var (set, wish) in act.Sets)
        {
            if (wish is null) Cluster.Delete(set);
            else Cluster.Apply(set, wish);
        }

        (Clouds.EmptyLists, Clouds.Lags) = (act.EmptyLists, act.Lags);
        RunUntilIdle(mayCrash ? thread.Count + act.CrashesAfter : null);      // at the latest when everything is idle
        (Clouds.EmptyLists, Clouds.Lags) = (0, false);
        // After an incomplete list, a set sees the others' state one reconcile later.
        for (var left = act.EmptyLists > 0 ? 2 : 1; left > 0;)
        {
            var before = Version;
            Advance(LongestRetry);
            RunUntilIdle(null);
            if (Version == before) left--;
        }
    }

    /// <summary>Runs until each set has reconciled successfully since the last change.</summary>
    private void RunUntilIdle(int? crash)
    {
        calm.Clear();
        foreach (var set in Cluster.All) due[set.Metadata.Name!] = clock.GetUtcNow();
        var end = thread.Count + MostSteps;
        while (!IsQuiet)
        {
            Check(thread.Count < end, "the run never became idle");
            if (thread.Count >= crash)
            {
                crash = null;
                Restart();
            }

            Step();
        }

        while (!thread.IsIdle) Step();
        if (crash is not null) Restart();
    }

    /// <summary>Fails with the message and the log of the run.</summary>
    public void Check(bool holds, string wrong)
    {
        if (holds) return;
        var images = Clouds.Images.Select(
            (image, i) => $"    image {i} [{string.Join("|", Clouds.Tags[i].Order(StringComparer.Ordinal))}]\n");
        Assert.Fail(
            $"{wrong}\n{story}  with the order of seed {seed}:\n  {string.Join("\n  ", log)}\n  in the end:\n{string.Concat(images)}"
            + string.Concat(Cluster.All.Select(set => $"    {set.Metadata.Name}: {SharedCluster.Describe(set)}\n")));
    }

    public void Dispose() => life.Dispose();

    private bool IsQuiet => running.Count == 0 && due.Keys.All(calm.Contains);

    private int Version => Clouds.Version + Cluster.Version + lives;

    private void Step()
    {
        var startable = due.Where(entry => entry.Value <= clock.GetUtcNow() && !running.ContainsKey(entry.Key)).Select(entry => entry.Key)
            .ToArray();
        if (startable.Length > 0 && (thread.IsIdle || thread.Chance(20))) Begin(startable[thread.Pick(startable.Length)]);
        else if (!thread.IsIdle) thread.RunNextStep();
        else Jump();
        foreach (var (name, turn) in running.Where(entry => entry.Value.Work.IsCompleted).ToArray()) End(name, turn);
    }

    private void Begin(string name)
    {
        due.Remove(name);
        if (Cluster.TryGet(name) is not { } set) return;
        Task<ReconciliationResult<V1Alpha1ImageTagSet>?>? work = null;
        reconciling.Value = SharedCluster.NumberOf(name);
        lane.Run(() => work = life.TurnAsync(set));
        reconciling.Value = null;
        running[name] = new Turn(set, work!, Version);
    }

    private void End(string name, Turn turn)
    {
        running.Remove(name);
        var result = "gone";
        if (turn.Work.Exception?.InnerException is { } error)
        {
            if (error is not KubernetesException) Check(false, $"{name}: {error}");
            (result, _) = (error.Message, Retry(name, null));
        }
#pragma warning disable RS0030 // it has completed
        else if (turn.Work.Result is { } ended)
#pragma warning restore RS0030
        {
            result = ended.IsSuccess ? "ok" : ended.ErrorMessage!;
            if (!ended.IsSuccess) Retry(name, ended.RequeueAfter);
            else failures.Remove(name);
            if (ended is { IsSuccess: true, RequeueAfter: { } after }) Enqueue(turn.Set.Key(), after);
        }

        Log($"turn of {name}: {result}");
        if (result == "ok" && turn.Version == Version) calm.Add(name);
        else calm.Clear();
    }

    private bool Retry(string name, TimeSpan? after)
    {
        var count = failures[name] = failures.GetValueOrDefault(name) + 1;
        var growing = FirstRetry * Math.Pow(2, Math.Min(count, 20));
        Enqueue(new NamespacedName(SharedCluster.Namespace, name), after ?? (growing < LongestRetry ? growing : LongestRetry));
        return true;
    }

    /// <summary>Advances the clock to the next time when something is due.</summary>
    private void Jump()
    {
        var next = due.Where(entry => !running.ContainsKey(entry.Key)).Select(entry => (DateTimeOffset?)entry.Value).Append(clock.NextDueAt)
            .Min();
        Check(next is not null, $"no step can run any more: {string.Join(", ", running.Keys)}");
        Advance(next!.Value - clock.GetUtcNow());
    }

    private void Advance(TimeSpan by)
    {
        if (by > TimeSpan.Zero) clock.Advance(by);
    }

    private void Restart()
    {
        Log("--- another process");
        thread.Kill(lane);
        life.Dispose();
        running.Clear();
        failures.Clear();
        due.Clear();
        calm.Clear();
        lives++;
        (lane, life) = Start();
    }

    private (Lane Lane, OperatorLife Life) Start()
    {
        var started = new Lane(thread);
        var connection = Cluster.Connect(started);
        var time = new LaneTime(clock, started);
        var another = new OperatorLife(connection, connection, Clouds.Connect(started), this, time, time);
        foreach (var set in Cluster.All) Enqueue(set.Key());
        return (started, another);
    }

    private void Log(string what) => log.Add($"{clock.GetUtcNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture)} {what}");

    private sealed record Turn(V1Alpha1ImageTagSet Set, Task<ReconciliationResult<V1Alpha1ImageTagSet>?> Work, int Version);
}
