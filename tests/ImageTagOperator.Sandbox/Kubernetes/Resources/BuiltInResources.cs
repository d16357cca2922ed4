namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The resources that exist without a CustomResourceDefinition.</summary>
internal static class BuiltInResources
{
    public const string Crds = "customresourcedefinitions.apiextensions.k8s.io";

    private static readonly string[] CoreEventFields =
    [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ];

    private static readonly string[] EventFields =
    [
        "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "regarding.apiVersion", "regarding.resourceVersion",
        "regarding.fieldPath", "reason", "reportingController", "type",
    ];

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        Core("namespaces", "Namespace", "ns") with
        {
            IsNamespaced = false, HasStatus = true, Schema = BuiltInSchemas.Namespace, Rules = new NamespaceRules(),
            SelectableFields = ["status.phase", "name"], ReturnsDeleted = true,
            Columns = [PrinterColumn.ObjectName, PrinterColumn.Text("Status", "status", "phase"), PrinterColumn.PlainAge],
        },
        Core("secrets", "Secret") with
        {
            Schema = BuiltInSchemas.Secret, Rules = new SecretRules(), SelectableFields = ["type"],
            Columns =
            [
                PrinterColumn.ObjectName, PrinterColumn.Text("Type", "type"), PrinterColumn.Count("Data", "data"), PrinterColumn.PlainAge,
            ],
        },
        Core("configmaps", "ConfigMap", "cm") with
        {
            Schema = BuiltInSchemas.ConfigMap, Rules = new ConfigMapRules(),
            Columns = [PrinterColumn.ObjectName, PrinterColumn.Count("Data", "data", "binaryData"), PrinterColumn.PlainAge],
        },
        Core("serviceaccounts", "ServiceAccount", "sa") with
        {
            Schema = BuiltInSchemas.ServiceAccount, AllowsBlindUpdate = false, ReturnsDeleted = true,
            Columns = [PrinterColumn.ObjectName, PrinterColumn.Count("Secrets", "secrets"), PrinterColumn.PlainAge],
        },
        Core("events", "Event", "ev") with
        {
            Schema = BuiltInSchemas.CoreEvent, Rules = new EventRules(strict: false), SelectableFields = CoreEventFields,
            Columns = EventColumns.All, AllowsCreateByUpdate = true,
        },
        new()
        {
            Group = "events.k8s.io", Version = "v1", Plural = "events", Singular = "event", Kind = "Event", ListKind = "EventList",
            ShortNames = ["ev"], StorageKey = "events", Schema = BuiltInSchemas.Event, Rules = new EventRules(strict: true),
            SelectableFields = EventFields, Columns = EventColumns.All, AllowsCreateByUpdate = true,
        },
        new()
        {
            Group = "coordination.k8s.io", Version = "v1", Plural = "leases", Singular = "lease", Kind = "Lease", ListKind = "LeaseList",
            StorageKey = "leases.coordination.k8s.io", Schema = BuiltInSchemas.Lease, Rules = new LeaseRules(), AllowsBlindUpdate = false,
            AllowsCreateByUpdate = true,
            Columns = [PrinterColumn.ObjectName, PrinterColumn.Text("Holder", "spec", "holderIdentity"), PrinterColumn.PlainAge],
        },
        new()
        {
            Group = "apiextensions.k8s.io", Version = "v1", Plural = "customresourcedefinitions", Singular = "customresourcedefinition",
            Kind = "CustomResourceDefinition", ListKind = "CustomResourceDefinitionList", ShortNames = ["crd", "crds"],
            Categories = ["api-extensions"], IsNamespaced = false, HasStatus = true, HasGeneration = true, AllowsBlindUpdate = false,
            StorageKey = Crds, Schema = BuiltInSchemas.CustomResourceDefinition, Rules = new CustomResourceDefinitionRules(),
            Columns = [PrinterColumn.ObjectName, CreatedAt],
        },
    ];

    // A property: the initializer above runs before a field below it is set.
    private static PrinterColumn CreatedAt =>
        new("Created At", "date", (json, _) => json.At("metadata", "creationTimestamp")?.DeepClone());

    private static ResourceDefinition Core(string plural, string kind, params string[] shortNames) => new()
    {
        Group = "", Version = "v1", Plural = plural, Singular = plural[..^1], Kind = kind, ListKind = $"{kind}List",
        ShortNames = shortNames, StorageKey = plural,
    };
}
