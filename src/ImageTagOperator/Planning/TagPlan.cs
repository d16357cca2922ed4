using System.Collections.Immutable;

namespace ImageTagOperator.Planning;

/// <summary>The writes that make an image match, in the order in which they must go out, and what cannot be done.</summary>
public sealed record TagPlan(ImmutableArray<TagStep> Steps, ImmutableArray<RefusedTag> Refused)
{
    public IEnumerable<string> Adds => Steps.Where(step => step.Verb == TagVerb.Add).Select(step => step.Tag);

    public IEnumerable<string> Removes => Steps.Where(step => step.Verb == TagVerb.Remove).Select(step => step.Tag);

    public bool IsEmpty => Steps.IsEmpty;
}

/// <summary>PUT or DELETE.</summary>
public enum TagVerb
{
    Add,
    Remove,
}

/// <summary>One write.</summary>
public readonly record struct TagStep(TagVerb Verb, string Tag);

/// <summary>Why a tag is not written.</summary>
public enum TagRefusal
{
    /// <summary>It should go, but no call can name it.</summary>
    NotAddressable,

    /// <summary>It should come, but the image holds one that the cloud's database takes for the same.</summary>
    Collision,

    /// <summary>It should come, but the image would hold more tags than the cloud allows.</summary>
    Quota,
}

/// <summary>A tag that is not written, and why (a sentence).</summary>
public sealed record RefusedTag(string Tag, TagRefusal Refusal, string Why);
