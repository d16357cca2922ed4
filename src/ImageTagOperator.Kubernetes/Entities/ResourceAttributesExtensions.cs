namespace ImageTagOperator.Kubernetes.Entities;

public static class ResourceAttributesExtensions
{
    /// <summary>Describes a permission for users: <c>get secrets in namespace images</c>.</summary>
    public static string Describe(this V1ResourceAttributes attributes)
    {
        var resource = string.IsNullOrEmpty(attributes.Subresource) ? attributes.Resource
            : $"{attributes.Resource}/{attributes.Subresource}";
        if (!string.IsNullOrEmpty(attributes.Group)) resource += $".{attributes.Group}";
        if (!string.IsNullOrEmpty(attributes.Name)) resource += $" {attributes.Name}";
        var inNamespace = attributes.NamespaceProperty;
        var where = string.IsNullOrEmpty(inNamespace) ? "in all namespaces" : $"in namespace {inNamespace}";
        return $"{attributes.Verb} {resource} {where}";
    }
}
