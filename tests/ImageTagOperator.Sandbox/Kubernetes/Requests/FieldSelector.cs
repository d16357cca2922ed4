using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>A fieldSelector. The supported fields depend on the resource; name and namespace always work.</summary>
internal sealed class FieldSelector
{
    private readonly List<(string[] Path, string Value, bool IsEqual)> terms = [];

    public bool IsEmpty => terms.Count == 0;

    public static FieldSelector Parse(string? text, ResourceDefinition resource)
    {
        var selector = new FieldSelector();
        foreach (var term in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var cut = term.IndexOf('=', StringComparison.Ordinal);
            if (cut < 1) throw Refusals.BadRequest($"invalid selector: '{text}'; can't understand '{term}'");
            var isEqual = term[cut - 1] != '!';
            var field = term[..(isEqual ? cut : cut - 1)];
            if (field is not ("metadata.name" or "metadata.namespace") && !resource.SelectableFields.Contains(field))
                throw Refusals.BadRequest($"field label not supported: {field}");
            selector.terms.Add((field == "name" ? ["metadata", "name"] : field.Split('.'), term[(cut + 1)..].TrimStart('='), isEqual));
        }

        return selector;
    }

    public bool Matches(ResourceDefinition resource, StoredObject stored)
    {
        JsonObject? json = null;
        return terms.TrueForAll(term =>
        {
            var value = term.Path switch
            {
                ["metadata", "name"] => stored.Name,
                ["metadata", "namespace"] => stored.Namespace,
                _ => (json ??= Cluster.Show(resource, stored)).At(term.Path) is { } node ? node.Text() ?? node.ToSortedText() : "",
            };
            return value == term.Value == term.IsEqual;
        });
    }
}
