namespace ImageTagOperator.Planning.Tags;

/// <summary>One write to a tag.</summary>
public readonly record struct TagStep(TagVerb Verb, string Tag)
{
    /// <summary><c>+tag</c> or <c>-tag</c>.</summary>
    public override string ToString() => (Verb == TagVerb.Add ? "+" : "-") + Tag;
}
