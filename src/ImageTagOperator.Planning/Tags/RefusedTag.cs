namespace ImageTagOperator.Planning.Tags;

/// <summary>A tag that is not written, and the reason as a sentence.</summary>
public sealed record RefusedTag(string Tag, TagRefusal Refusal, string Why);
