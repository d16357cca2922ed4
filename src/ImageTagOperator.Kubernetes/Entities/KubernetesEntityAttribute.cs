namespace ImageTagOperator.Kubernetes;

/// <summary>What the API server calls a type.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityAttribute : Attribute
{
    /// <summary>Empty for the core group.</summary>
    public string Group { get; set; } = "";

    /// <summary>Only the version, such as <c>v1alpha1</c>.</summary>
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    /// <summary>As in URLs: lower case, plural.</summary>
    public string PluralName { get; set; } = "";
}
