using System.Globalization;
using ImageTagOperator.Planning.Scheduling;

namespace ImageTagOperator.Planning.Conditions;

/// <summary>What a set's status says, as far as the next status depends on it.</summary>
/// <param name="VerifiedAt">When the images were last seen.</param>
/// <param name="VerifiedReason">The reason of Ready at that time.</param>
/// <param name="VerifiedGeneration">The generation that they were compared with.</param>
/// <param name="ToldReason">While the images cannot be seen: what the last Event before that was about.</param>
public sealed record StatusHistory(
    IReadOnlyList<Condition> Conditions, DateTimeOffset? VerifiedAt = null, string? VerifiedReason = null, long? VerifiedGeneration = null,
    string? ToldReason = null)
{
    private const string SinceMark = " It has been so since ";

    /// <summary>What should heal by itself and does not is reported after this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private static readonly string[] Unseen = [Reason.Transient.Name, Reason.Interrupted.Name, nameof(Verdict.Progressing)];

    /// <summary>The images could not be seen, or are being changed: Ready is Unknown for now.</summary>
    public bool IsUnseen => Find(Condition.Ready) is { Status: "Unknown" } ready && Unseen.Contains(ready.Reason);

    /// <summary>What should heal by itself has not for ten intervals or half an hour.</summary>
    public bool IsLasting => Find(Condition.Reconciling)?.Message.Contains(SinceMark, StringComparison.Ordinal) == true;

    /// <summary>What people know, if an Event told them of each problem and its end: that the images cannot be seen is not told unless it
    /// lasts.</summary>
    public string? Told => IsQuiet ? ToldReason ?? VerifiedReason : Find(Condition.Ready)?.Reason;

    private bool IsQuiet => IsUnseen && !IsLasting;

    /// <summary><see cref="ToldReason"/> of the status that comes after this one.</summary>
    public string? ToldBefore(StatusHistory next) => next.IsQuiet ? Told : null;

    /// <summary>Only the next write can tell whether the problem is over, so that the conditions hold until then.</summary>
    public bool HoldsUntilWritten(long? generation) => Find(Condition.Ready) is { } ready && ready.Generation == generation
        && Reason.All.Any(reason => reason.IsOfWrites && reason.Name == ready.Reason);

    public Condition? Find(string type) => Conditions.FirstOrDefault(condition => condition.Type == type);

    /// <summary>The set was, when last seen, as this generation of it declares.</summary>
    public bool IsInOrder(long? generation) => Find(Condition.Ready) is { } ready && ready.Generation == generation
        && (ready.Status == "True" || (IsUnseen && VerifiedReason == nameof(Verdict.InSync) && VerifiedGeneration == generation));

    /// <summary>The conditions of the next status.</summary>
    public IReadOnlyList<Condition> Next(Verdict verdict, long? generation, TimeSpan interval, DateTimeOffset now)
    {
        var message = verdict.IsRetried && verdict.Reason != nameof(Verdict.Progressing) ? WithSince(verdict, generation, interval, now)
            : verdict.Message;
        var ready = Next(Condition.Ready, verdict.Ready, verdict.NeedsHistory ? WithHistory(message, generation) : message);
        return verdict.Beside is null ? [ready] : [ready, Next(verdict.Beside, "True", message)];

        Condition Next(string type, string status, string text)
        {
            var since = Find(type) is { } old && old.Status == status ? old.Since : now;
            var full = verdict.Remedy is { } remedy ? $"{text} {remedy}" : text;
            return new Condition(type, status, verdict.Reason, full, generation, since);
        }
    }

    /// <summary>Whether the status has to tell that the images were seen. Of a set that does not change it is told so seldom that it costs
    /// next to nothing: see <see cref="RequeuePolicy.Verification"/>.</summary>
    public bool IsVerificationDue(Condition ready, DateTimeOffset seen, TimeSpan interval)
    {
        var old = Find(Condition.Ready);
        if ((old?.Status, old?.Reason, old?.Generation) != (ready.Status, ready.Reason, ready.Generation)) return true;
        return !(seen - VerifiedAt < RequeuePolicy.Verification(interval));
    }

    /// <summary>An outage has many messages: a timeout now, a refused connection then. The first one stays, so that not each try is a
    /// status write, until the message says since when.</summary>
    private string WithSince(Verdict verdict, long? generation, TimeSpan interval, DateTimeOffset now)
    {
        if (Find(Condition.Reconciling) is not { Since: { } since } old || old.Reason != verdict.Reason) return verdict.Message;
        var isSame = old.Generation == generation;
        if (isSame && IsLasting) return old.Message;
        var patience = interval * 10;
        if (now - since > (patience < Patience ? patience : Patience)) return $"{verdict.Message}{SinceMark}{Text(since)}.";
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
