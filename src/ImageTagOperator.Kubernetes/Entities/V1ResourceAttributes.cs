namespace ImageTagOperator.Kubernetes;

/// <summary>One thing that RBAC allows or not: a verb on a resource.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Namespace">Null: in all namespaces, or outside of any.</param>
/// <param name="Name">Null: any name.</param>
public sealed record V1ResourceAttributes(
    string Verb, string Group, string Resource, string? Subresource = null, string? Namespace = null, string? Name = null)
{
    public override string ToString() =>
        $"{Verb} {Resource}{(Subresource is null ? "" : $"/{Subresource}")}{(Group.Length == 0 ? "" : $".{Group}")}{(Name is null ? "" : $" {Name}")}"
        + (Namespace is null ? " in all namespaces" : $" in namespace {Namespace}");
}
