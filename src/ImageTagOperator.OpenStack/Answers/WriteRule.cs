using ImageTagOperator.OpenStack.Images;

namespace ImageTagOperator.OpenStack.Answers;

/// <summary>What the answer to a PUT or DELETE of a tag means.</summary>
/// <param name="Answer">For people.</param>
/// <param name="Fits">Of which statuses this is said.</param>
public sealed record WriteRule(string Answer, TagWriteResult Result, Func<int, bool> Fits);
