namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Whether objects are namespaced; the default without this attribute.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class EntityScopeAttribute(EntityScope scope = EntityScope.Namespaced) : Attribute
{
    public EntityScope Scope => scope;
}
