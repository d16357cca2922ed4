namespace ImageTagOperator.OpenStack.Answers;

/// <summary>The meaning of an answer of a cloud.</summary>
/// <param name="Answer">The description for users.</param>
/// <param name="Kind">The kind of error, which says who must act.</param>
/// <param name="AppliesTo">Whether the rule applies to an HTTP status; never true where there is no answer.</param>
public sealed record AnswerRule(CloudStep Step, string Answer, CloudErrorKind Kind, Func<int, bool> AppliesTo);
