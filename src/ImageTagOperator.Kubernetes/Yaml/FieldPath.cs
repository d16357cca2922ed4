namespace ImageTagOperator.Kubernetes.Yaml;

/// <summary>Where in a document a value is: names of fields, which may have dots in them, and places in lists.</summary>
public sealed class FieldPath
{
    private readonly object[] steps;    // a string is the name of a field, an int a place in a list

    private FieldPath(object[] steps) => this.steps = steps;

    /// <summary>The document itself.</summary>
    public static FieldPath Root { get; } = new([]);

    /// <param name="names">Names without dots in them, separated by dots, such as <c>spec.tags</c>.</param>
    public static FieldPath Of(string names) => new([.. names.Split('.', StringSplitOptions.RemoveEmptyEntries)]);

    internal IReadOnlyList<object> Steps => steps;

    public FieldPath Field(string name) => new([.. steps, name]);

    public FieldPath Item(int index) => new([.. steps, index]);

    public FieldPath Then(FieldPath rest) => new([.. steps, .. rest.steps]);

    /// <summary>Such as <c>spec.tags[2]</c>; empty for the document itself. For people: it cannot be read back.</summary>
    public override string ToString() => string.Concat(steps.Select((step, depth) => (step, depth) switch
    {
        (int, _) => $"[{step}]",
        (_, 0) => $"{step}",
        _ => $".{step}",
    }));
}
