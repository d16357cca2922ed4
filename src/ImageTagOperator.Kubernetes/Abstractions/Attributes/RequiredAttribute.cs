namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The field is required.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;
