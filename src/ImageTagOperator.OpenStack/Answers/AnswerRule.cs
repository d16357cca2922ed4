namespace ImageTagOperator.OpenStack.Answers;

/// <summary>What an answer of a cloud means.</summary>
/// <param name="Answer">For people.</param>
/// <param name="Kind">Who has to do something about it.</param>
/// <param name="Fits">Of which statuses this is said; of none where there is no answer.</param>
public sealed record AnswerRule(CloudStep Step, string Answer, CloudErrorKind Kind, Func<int, bool> Fits);
