using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The rules for the metadata of every kind.</summary>
internal static class MetadataRules
{
    private const int AnnotationsLimit = 256 * 1024;

    public static IEnumerable<FieldError> ValidateCreate(ResourceDefinition resource, JsonObject json)
    {
        var isNamespace = resource.StorageKey == "namespaces";
        // The generated suffix consists of letters, so the prefix may end in any character that is valid inside a name.
        var prefix = json.Text("metadata", "generateName") ?? "";
        if (prefix.Length > 0 && NameError("generateName", $"{prefix}a", isNamespace) is not null)
            yield return NameError("generateName", prefix, isNamespace)!;
        var name = json.Text("metadata", "name") ?? "";
        if (name.Length == 0) yield return FieldError.Required("metadata.name", "name or generateName is required");
        else if (NameError("name", name, isNamespace) is { } error) yield return error;
        foreach (var finalizer in json.Texts("metadata", "finalizers").Where(finalizer => !Names.IsQualified(finalizer)))
            yield return FieldError.Invalid("metadata.finalizers", finalizer, Names.QualifiedRule);
        foreach (var common in ValidateCommon(json)) yield return common;
    }

    public static IEnumerable<FieldError> ValidateUpdate(JsonObject after, JsonObject before)
    {
        var added = after.Texts("metadata", "finalizers").Except(before.Texts("metadata", "finalizers")).ToList();
        if (added.Count > 0 && before.At("metadata", "deletionTimestamp") is not null)
        {
            var found = string.Join(", ", added.Order(StringComparer.Ordinal).Select(FieldError.Quote));
            yield return FieldError.Forbidden(
                "metadata.finalizers",
                $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{found}}}");
        }

        foreach (var name in (string[])["name", "namespace", "uid", "deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            if (!JsonNode.DeepEquals(after.At("metadata", name), before.At("metadata", name)))
                yield return FieldError.Invalid($"metadata.{name}", after.At("metadata", name) ?? "", "field is immutable");
        }

        foreach (var error in ValidateCommon(after)) yield return error;
    }

    private static FieldError? NameError(string field, string name, bool isNamespace)
    {
        var (fits, limit, rule) = isNamespace
            ? (Names.IsLabel(name), Names.LabelLimit, Names.LabelRule)
            : (Names.IsSubdomain(name), Names.SubdomainLimit, Names.SubdomainRule);
        if (fits) return null;
        return FieldError.Invalid($"metadata.{field}", name, name.Length > limit ? $"must be no more than {limit} bytes" : rule);
    }

    private static IEnumerable<FieldError> ValidateCommon(JsonObject json)
    {
        foreach (var (key, value) in json.At("metadata", "labels") as JsonObject ?? [])
        {
            if (!Names.IsQualified(key)) yield return FieldError.Invalid("metadata.labels", key, Names.QualifiedRule);
            if (value.Text() is { Length: > Names.LabelLimit } longText)
                yield return FieldError.Invalid("metadata.labels", longText, $"must be no more than {Names.LabelLimit} bytes");
            else if (!Names.IsLabelValue(value.Text() ?? ""))
                yield return FieldError.Invalid("metadata.labels", value, Names.LabelValueRule);
        }

        var size = 0;
        foreach (var (key, value) in json.At("metadata", "annotations") as JsonObject ?? [])
        {
            size += key.Length + (value.Text()?.Length ?? 0);
#pragma warning disable CA1308 // the server compares the key of an annotation in lower case
            if (!Names.IsQualified(key.ToLowerInvariant()))
                yield return FieldError.Invalid("metadata.annotations", key, Names.QualifiedRule);
#pragma warning restore CA1308
        }

        if (size > AnnotationsLimit) yield return FieldError.TooLong("metadata.annotations", AnnotationsLimit);
        var owners = json.At("metadata", "ownerReferences") as JsonArray ?? [];
        for (var i = 0; i < owners.Count; i++)
        {
            foreach (var name in (string[])["apiVersion", "kind", "name", "uid"])
            {
                if (string.IsNullOrEmpty(owners[i].Text(name)))
                    yield return FieldError.Required($"metadata.ownerReferences[{i}].{name}", "must not be empty");
            }
        }
    }
}
