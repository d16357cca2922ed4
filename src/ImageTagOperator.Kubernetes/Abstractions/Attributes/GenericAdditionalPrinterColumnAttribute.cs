namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>A column of <c>kubectl get</c> that shows the result of a JSON path.</summary>
/// <param name="jsonPath">The path, such as <c>.metadata.creationTimestamp</c>.</param>
/// <param name="name">The heading.</param>
/// <param name="type"><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c> or <c>date</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class GenericAdditionalPrinterColumnAttribute(string jsonPath, string name, string type) : Attribute
{
    public string JsonPath => jsonPath;

    public string Name => name;

    public string Type => type;

    /// <summary>0: always shown. Above 0: only with <c>-o wide</c>.</summary>
    public int Priority { get; set; }

    public string? Description { get; set; }

    public string? Format { get; set; }
}
