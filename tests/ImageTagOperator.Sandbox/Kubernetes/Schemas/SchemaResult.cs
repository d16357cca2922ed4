namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>What a schema said about a value.</summary>
internal sealed class SchemaResult
{
    public List<FieldError> Errors { get; } = [];

    /// <summary>How many checks were made: of the failed branches of an anyOf or oneOf, the one with the most is reported.</summary>
    public int Checks { get; private set; }

    public bool IsValid => Errors.Count == 0;

    public void Count() => Checks++;

    public void Merge(SchemaResult other)
    {
        Errors.AddRange(other.Errors);
        Checks += other.Checks;
    }
}
