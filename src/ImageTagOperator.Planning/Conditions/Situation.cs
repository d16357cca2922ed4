using System.Collections.Frozen;

namespace ImageTagOperator.Planning.Conditions;

/// <summary>How a set is, in words that metrics can use. Anybody who may write a status can put any reason there, so that a reason that is
/// not one of ours counts as <c>Other</c>.</summary>
/// <param name="State">ready, reconciling, stalled, drifted, suspended, or unknown before the first reconcile.</param>
public readonly record struct Situation(string State, string Reason)
{
    private static readonly FrozenSet<string> Known = Conditions.Reason.All.Select(reason => reason.Name)
        .Concat(Verdict.Reasons).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Before the first reconcile.</summary>
    public static Situation Unknown { get; } = new("unknown", "");

    /// <summary>The types of the conditions, the most telling one first: the first one that a set has decides.</summary>
    public static IReadOnlyList<string> Decisive { get; } = [Condition.Stalled, Condition.Reconciling, Condition.Drifted, Condition.Ready];

    /// <summary>From the decisive condition.</summary>
    public static Situation Of(string type, string status, string reason) =>
        new(StateOf(type, status, reason), Known.Contains(reason) ? reason : "Other");

    private static string StateOf(string type, string status, string reason)
    {
        if (type != Condition.Ready) return type.ToLowerInvariant();
        if (status == "True") return "ready";
        return reason == nameof(Verdict.Suspended) ? "suspended" : "unknown";
    }
}
