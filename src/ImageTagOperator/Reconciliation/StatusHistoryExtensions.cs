using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>Converts between the status of the API and the types of the planning.</summary>
internal static class StatusHistoryExtensions
{
    /// <summary>The maximum length of a message in characters.</summary>
    private const int MaxMessageLength = 8192;

    public static StatusHistory History(this ImageTagSetStatus status) => new(
        [.. (status.Conditions ?? []).Select(Read)], status.LastVerifiedTime, status.LastVerifiedReason, status.LastVerifiedGeneration,
        status.LastToldReason);

    /// <summary>The situation of a set from its most important condition, and the time of its last transition.</summary>
    public static (Situation Situation, DateTimeOffset? Since) Situation(this ImageTagSetStatus status)
    {
        foreach (var type in Planning.Conditions.Situation.ConditionPrecedence)
        {
            if (status.Conditions?.FirstOrDefault(condition => condition.Type == type) is not { } decisive) continue;
            return (Planning.Conditions.Situation.Of(type, decisive.Status, decisive.Reason), decisive.LastTransitionTime);
        }

        return (Planning.Conditions.Situation.Unknown, null);
    }

    public static V1Condition Write(this Condition condition) => new()
    {
        Type = condition.Type,
        Status = condition.Status,
        ObservedGeneration = condition.Generation,
        LastTransitionTime = condition.Since,
        Reason = condition.Reason,
        Message = Visible(condition.Message),
    };

    /// <summary>A message without control characters, shortened to the maximum length.</summary>
    /// <param name="reserved">Characters that are reserved for text after the message.</param>
    public static string Visible(string message, int reserved = 0) => VisibleText.Of(message, MaxMessageLength - reserved);

    private static Condition Read(V1Condition condition) =>
        new(condition.Type, condition.Status, condition.Reason, condition.Message, condition.ObservedGeneration,
            condition.LastTransitionTime);
}
