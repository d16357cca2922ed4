using ImageTagOperator.OpenStack.Images;

namespace ImageTagOperator.OpenStack.Answers;

/// <summary>The meaning of the answer to a PUT or DELETE of a tag.</summary>
/// <param name="Answer">The description for users.</param>
/// <param name="AppliesTo">Whether the rule applies to an HTTP status.</param>
public sealed record WriteRule(string Answer, TagWriteResult Result, Func<int, bool> AppliesTo);
