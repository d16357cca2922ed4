using System.Collections.Frozen;

namespace ImageTagOperator.Planning.Conditions;

/// <summary>The state of a set as metric labels. Anyone who can write a status can put any reason there, so an unknown reason becomes
/// <c>Other</c> to bound the number of series.</summary>
/// <param name="State">ready, reconciling, stalled, drifted, suspended, or unknown before the first reconcile.</param>
public readonly record struct Situation(string State, string Reason)
{
    private static readonly FrozenSet<string> Known = Conditions.Reason.All.Select(reason => reason.Name)
        .Concat(Verdict.Reasons).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Before the first reconcile.</summary>
    public static Situation Unknown { get; } = new("unknown", "");

    /// <summary>The condition types by precedence: the first one that a set has decides its state.</summary>
    public static IReadOnlyList<string> ConditionPrecedence { get; } =
        [Condition.Stalled, Condition.Reconciling, Condition.Drifted, Condition.Ready];

    /// <summary>The situation of a set with this decisive condition.</summary>
    public static Situation Of(string type, string status, string reason) =>
        new(StateOf(type, status, reason), Known.Contains(reason) ? reason : "Other");

    private static string StateOf(string type, string status, string reason)
    {
        if (type != Condition.Ready) return type.ToLowerInvariant();
        if (status == "True") return "ready";
        return reason == nameof(Verdict.Suspended) ? "suspended" : "unknown";
    }
}
