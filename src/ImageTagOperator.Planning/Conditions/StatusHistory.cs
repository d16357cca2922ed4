using System.Globalization;
using ImageTagOperator.Planning.Scheduling;

namespace ImageTagOperator.Planning.Conditions;

/// <summary>The parts of a set's status that the next status depends on.</summary>
/// <param name="VerifiedAt">When the images were last read.</param>
/// <param name="VerifiedReason">The reason of Ready at that time.</param>
/// <param name="VerifiedGeneration">The generation of the spec that they were compared with.</param>
/// <param name="LastAnnouncedReason">While the images cannot be read: the reason in the last Event before that.</param>
public sealed record StatusHistory(
    IReadOnlyList<Condition> Conditions, DateTimeOffset? VerifiedAt = null, string? VerifiedReason = null, long? VerifiedGeneration = null,
    string? LastAnnouncedReason = null)
{
    private const string SinceMark = " It has been so since ";

    /// <summary>A problem that is retried for longer than this is reported as lasting.</summary>
    private static readonly TimeSpan LastingAfter = TimeSpan.FromMinutes(30);

    private static readonly string[] Unverified = [Reason.Transient.Name, Reason.Interrupted.Name, nameof(Verdict.Progressing)];

    /// <summary>Ready is Unknown for now: the images could not be read, or writes are in progress.</summary>
    public bool IsUnverified => Find(Condition.Ready) is { Status: "Unknown" } ready && Unverified.Contains(ready.Reason);

    /// <summary>A retried problem has lasted for ten intervals or half an hour.</summary>
    public bool IsLasting => Find(Condition.Reconciling)?.Message.Contains(SinceMark, StringComparison.Ordinal) == true;

    /// <summary>The reason in the last Event about this set. A failure to read the images is only reported when it lasts.</summary>
    public string? AnnouncedReason => IsQuiet ? LastAnnouncedReason ?? VerifiedReason : Find(Condition.Ready)?.Reason;

    private bool IsQuiet => IsUnverified && !IsLasting;

    /// <summary><see cref="LastAnnouncedReason"/> for the status that follows this one.</summary>
    public string? LastAnnouncedReasonFor(StatusHistory next) => next.IsQuiet ? AnnouncedReason : null;

    /// <summary>The conditions stay until the next write, because only a write can show whether the problem is over.</summary>
    public bool PersistsUntilNextWrite(long? generation) => Find(Condition.Ready) is { } ready && ready.Generation == generation
        && Reason.All.Any(reason => reason.IsWriteFailure && reason.Name == ready.Reason);

    public Condition? Find(string type) => Conditions.FirstOrDefault(condition => condition.Type == type);

    /// <summary>The set was in sync with this generation of its spec when its images were last read.</summary>
    public bool IsInSync(long? generation) => Find(Condition.Ready) is { } ready && ready.Generation == generation
        && (ready.Status == "True" || (IsUnverified && VerifiedReason == nameof(Verdict.InSync) && VerifiedGeneration == generation));

    /// <summary>The conditions of the next status.</summary>
    public IReadOnlyList<Condition> Next(Verdict verdict, long? generation, TimeSpan interval, DateTimeOffset now)
    {
        var message = verdict.IsRetried && verdict.Reason != nameof(Verdict.Progressing) ? WithSince(verdict, generation, interval, now)
            : verdict.Message;
        var ready = Next(Condition.Ready, verdict.Ready, verdict.NeedsHistory ? WithHistory(message, generation) : message);
        return verdict.SecondCondition is null ? [ready] : [ready, Next(verdict.SecondCondition, "True", message)];

        Condition Next(string type, string status, string text)
        {
            var since = Find(type) is { } old && old.Status == status ? old.Since : now;
            var full = verdict.Remedy is { } remedy ? $"{text} {remedy}" : text;
            return new Condition(type, status, verdict.Reason, full, generation, since);
        }
    }

    /// <summary>Whether the status must record a new time of verification. For an unchanged set this is rare, to save writes: see
    /// <see cref="RequeuePolicy.VerificationInterval"/>.</summary>
    public bool IsVerificationDue(Condition ready, DateTimeOffset seen, TimeSpan interval)
    {
        var old = Find(Condition.Ready);
        if ((old?.Status, old?.Reason, old?.Generation) != (ready.Status, ready.Reason, ready.Generation)) return true;
        return !(seen - VerifiedAt < RequeuePolicy.VerificationInterval(interval));
    }

    /// <summary>Keeps the first message of an outage, because its text varies from retry to retry and each change would be a status write.
    /// Once the outage lasts, the message says since when.</summary>
    private string WithSince(Verdict verdict, long? generation, TimeSpan interval, DateTimeOffset now)
    {
        if (Find(Condition.Reconciling) is not { Since: { } since } old || old.Reason != verdict.Reason) return verdict.Message;
        var isSame = old.Generation == generation;
        if (isSame && IsLasting) return old.Message;
        var limit = interval * 10;
        if (now - since > (limit < LastingAfter ? limit : LastingAfter)) return $"{verdict.Message}{SinceMark}{Text(since)}.";
        return isSame ? old.Message : verdict.Message;
    }

    private string WithHistory(string message, long? generation)
    {
        if (VerifiedAt is not { } verified) return message;
        var declaration = VerifiedGeneration == generation ? "" : ", by the declaration of that time";
        return $"{message} Before that, when the images were last verified at {Text(verified)}, the set was {VerifiedReason}{declaration}.";
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
