using System.Collections.Frozen;
using ImageTagOperator.Entities;

namespace ImageTagOperator.Reconciliation;

/// <summary>How a set is, in words that metrics can use. What stands in a status could have been put there by anybody, so that a reason that is
/// not one of ours counts as <c>Other</c>.</summary>
/// <param name="State">ready, reconciling, stalled, drifted, suspended, or unknown before the first reconcile.</param>
internal readonly record struct Situation(string State, string Reason)
{
    private static readonly FrozenSet<string> Known = Reconciliation.Reason.All.Select(reason => reason.Name)
        .Concat(["InSync", "Drifted", "Suspended", "Progressing"]).ToFrozenSet(StringComparer.Ordinal);

    public KeyValuePair<string, object?>[] Labels => [new("state", State), new("reason", Reason)];

    public static Situation Of(V1Alpha1ImageTagSet set) => Decisive(set) is not { } decisive
        ? new("unknown", "")
        : new(StateOf(decisive), Known.Contains(decisive.Reason) ? decisive.Reason : "Other");

    /// <summary>Since when the set is so.</summary>
    public static DateTimeOffset Since(V1Alpha1ImageTagSet set) =>
        Decisive(set)?.LastTransitionTime ?? set.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue;

    private static string StateOf(V1Condition decisive) => decisive.Type != "Ready"
        ? decisive.Type.ToLowerInvariant()
        : decisive.Status == "True" ? "ready" : decisive.Reason == "Suspended" ? "suspended" : "unknown";

    /// <summary>The condition that says most.</summary>
    private static V1Condition? Decisive(V1Alpha1ImageTagSet set)
    {
        return Find("Stalled") ?? Find("Reconciling") ?? Find("Drifted") ?? Find("Ready");

        V1Condition? Find(string type) => StatusBuilder.Find(set.Status, type);
    }
}
