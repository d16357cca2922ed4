using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>Between the API's status and what is planned with.</summary>
internal static class StatusHistoryExtensions
{
    /// <summary>Characters of a sentence for people.</summary>
    private const int LongestMessage = 8192;

    public static StatusHistory History(this ImageTagSetStatus status) => new(
        [.. (status.Conditions ?? []).Select(Read)], status.LastVerifiedTime, status.LastVerifiedReason, status.LastVerifiedGeneration,
        status.LastToldReason);

    /// <summary>How a set is, from the condition that says most; and since when.</summary>
    public static (Situation Situation, DateTimeOffset? Since) Situation(this ImageTagSetStatus status)
    {
        foreach (var type in Planning.Conditions.Situation.ConditionPrecedence)
        {
            if (status.Conditions?.FirstOrDefault(condition => condition.Type == type) is not { } decisive) continue;
            return (Planning.Conditions.Situation.Of(type, decisive.Status, decisive.Reason), decisive.LastTransitionTime);
        }

        return (Planning.Conditions.Situation.Unknown, null);
    }

    /// <summary>Writes were announced, and not yet how they ended.</summary>
    public static bool IsUnderWay(this ImageTagSetStatus status) =>
        status.Conditions?.Any(condition => condition is { Type: Condition.Ready, Reason: nameof(Verdict.Progressing) }) == true;

    public static V1Condition Write(this Condition condition) => new()
    {
        Type = condition.Type,
        Status = condition.Status,
        ObservedGeneration = condition.Generation,
        LastTransitionTime = condition.Since,
        Reason = condition.Reason,
        Message = Visible(condition.Message),
    };

    /// <summary>A message as people may see it.</summary>
    /// <param name="room">Characters that are kept free for what is said after it.</param>
    public static string Visible(string message, int room = 0) => VisibleText.Of(message, LongestMessage - room);

    private static Condition Read(V1Condition condition) =>
        new(condition.Type, condition.Status, condition.Reason, condition.Message, condition.ObservedGeneration,
            condition.LastTransitionTime);
}
