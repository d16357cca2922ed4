namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Whether objects live in namespaces; without this attribute they do.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class EntityScopeAttribute(EntityScope scope = EntityScope.Namespaced) : Attribute
{
    public EntityScope Scope => scope;
}
