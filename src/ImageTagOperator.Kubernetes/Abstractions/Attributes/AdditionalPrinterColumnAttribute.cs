namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>A column of <c>kubectl get</c> that shows this property.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AdditionalPrinterColumnAttribute : Attribute
{
    /// <summary>The heading; the property's name by default.</summary>
    public string? Name { get; set; }

    /// <summary>0: always shown. Above 0: only with <c>-o wide</c>.</summary>
    public int Priority { get; set; }
}
