using System.Reflection;

namespace ImageTagOperator.Kubernetes.Entities;

/// <summary>The API resource of a type, read once from its attributes.</summary>
internal sealed record EntityDefinition(string Group, string Version, string Kind, string PluralName, EntityScope Scope)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>imagetagsets.imagetags.io</c>: the name that RBAC rules and CRDs use.</summary>
    public string ResourceName => Group.Length == 0 ? PluralName : $"{PluralName}.{Group}";

    /// <exception cref="InvalidOperationException">The type has no <see cref="KubernetesEntityAttribute"/>.</exception>
    public static EntityDefinition Of<TEntity>() => Cached<TEntity>.Definition;

    /// <summary>The path of the collection or, with a name, of one object.</summary>
    /// <exception cref="ArgumentException">The name would change the path: a URL library turns <c>/a/..</c> into <c>/</c>.</exception>
    public string Path(string? inNamespace, string? name = null, string? subresource = null)
    {
        var path = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        if (Scope == EntityScope.Namespaced && inNamespace is not null) path += $"/namespaces/{Segment(inNamespace)}";
        path += $"/{PluralName}";
        if (name is not null) path += $"/{Segment(name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }

    private static string Segment(string name) => name is "" or "." or ".."
        ? throw new ArgumentException($"'{name}' is not a name that an object can have.", nameof(name))
        : Uri.EscapeDataString(name);

    private static EntityDefinition Read(Type type)
    {
        var entity = type.GetCustomAttribute<KubernetesEntityAttribute>()
            ?? throw new InvalidOperationException($"{type.Name} needs a [KubernetesEntity] attribute.");
        var scope = type.GetCustomAttribute<EntityScopeAttribute>()?.Scope ?? EntityScope.Namespaced;
        return new(entity.Group ?? "", entity.ApiVersion, entity.Kind, PluralOf(entity), scope);
    }

    /// <summary>KubernetesClient has no plural for kinds that cannot be listed, such as SelfSubjectAccessReview.</summary>
    private static string PluralOf(KubernetesEntityAttribute entity) =>
        string.IsNullOrEmpty(entity.PluralName) ? $"{entity.Kind.ToLowerInvariant()}s" : entity.PluralName;

    private static class Cached<TEntity>
    {
        public static readonly EntityDefinition Definition = Read(typeof(TEntity));
    }
}
