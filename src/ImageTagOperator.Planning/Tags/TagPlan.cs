using System.Collections.Immutable;

namespace ImageTagOperator.Planning.Tags;

/// <summary>The writes that make an image match, in the order in which they must be sent, and the tags that cannot be written.</summary>
public sealed record TagPlan(ImmutableArray<TagStep> Steps, ImmutableArray<RefusedTag> Refused)
{
    public IEnumerable<string> Adds => Steps.Where(step => step.Verb == TagVerb.Add).Select(step => step.Tag);

    public IEnumerable<string> Removes => Steps.Where(step => step.Verb == TagVerb.Remove).Select(step => step.Tag);

    public bool IsEmpty => Steps.IsEmpty;
}
