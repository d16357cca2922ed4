namespace ImageTagOperator.Planning.Tags;

/// <summary>PUT or DELETE.</summary>
public enum TagVerb
{
    Add,
    Remove,
}
