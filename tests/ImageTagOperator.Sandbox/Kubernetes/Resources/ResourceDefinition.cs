using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>One resource in one version, as discovery lists it.</summary>
internal sealed record ResourceDefinition
{
    /// <summary>Empty for the core group.</summary>
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Plural { get; init; }

    public required string Kind { get; init; }

    public string Singular { get; init; } = "";

    public string ListKind { get; init; } = "";

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public bool IsNamespaced { get; init; } = true;

    public bool HasStatus { get; init; }

    /// <summary>Declared by a CustomResourceDefinition.</summary>
    public bool IsCustom { get; init; }

    /// <summary>Its definition is being deleted: creating objects is rejected.</summary>
    public bool IsTerminating { get; init; }

    /// <summary>Whether metadata.generation is maintained.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>Whether a PUT without a resourceVersion overwrites an existing object.</summary>
    public bool AllowsBlindUpdate { get; init; } = true;

    /// <summary>Whether a PUT of a missing object creates it.</summary>
    public bool AllowsCreateByUpdate { get; init; }

    /// <summary>Whether a DELETE responds with the deleted object instead of a Status.</summary>
    public bool ReturnsDeleted { get; init; }

    /// <summary>OpenAPI v3 schema of the whole object; null when nothing is validated.</summary>
    public JsonObject? Schema { get; init; }

    public IReadOnlyList<PrinterColumn> Columns { get; init; } = PrinterColumn.Default;

    /// <summary>Dotted paths that a fieldSelector supports, besides metadata.name and metadata.namespace.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    public ResourceRules Rules { get; init; } = ResourceRules.None;

    /// <summary>Resources with the same key share their objects: all versions of a custom resource, and both kinds of events.</summary>
    public string StorageKey { get; init; } = "";

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string GroupResource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public string GroupKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    /// <summary>The path of the group and version, without a leading slash: <c>api/v1</c> or <c>apis/group/version</c>.</summary>
    public string GroupPath => Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}";
}
