namespace ImageTagOperator.Planning.Tags;

/// <summary>The kind of write: PUT or DELETE.</summary>
public enum TagVerb
{
    Add,
    Remove,
}
