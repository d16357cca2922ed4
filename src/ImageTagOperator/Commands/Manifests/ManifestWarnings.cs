using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>Warns about what works but is rarely intended.</summary>
internal static class ManifestWarnings
{
    /// <summary>The statuses of Glance ("Image statuses" in its documentation).</summary>
    private static readonly string[] Statuses = [
        "queued", "saving", "uploading", "importing", "active", "deactivated", "killed", "deleted", "pending_delete"];

    public static IEnumerable<ManifestError> Of(IEnumerable<Manifest> manifests) => manifests.SelectMany(Of);

    private static IEnumerable<ManifestError> Of(Manifest manifest)
    {
        // What is of another type is an error already, and has no members.
        var spec = manifest.Json["spec"] as JsonObject;
        var image = spec?["image"] as JsonObject;
        var isExact = Text(spec?["policy"]) is null or nameof(TagPolicy.Exact);
        if (isExact && spec?["tags"] is JsonArray { Count: 0 }) yield return Warning("spec.tags", SpecRule.ExactSetHasTags.Predicate);
        if ((spec?["tags"] as JsonArray)?.Select(Text).FirstOrDefault(tag => tag?.Contains(',') == true) is { } several)
        {
            yield return Warning("spec.tags", $"'{several}' is one tag with a comma in it. Write each tag as an item of its own.");
        }

        if (isExact && spec?["ignoreTags"] is JsonArray globs && spec["tags"] is JsonArray tags
            && globs.Select(Text).OfType<string>().FirstOrDefault(
                glob => tags.Any(tag => Text(tag) is { } text && TagGlob.IsMatch(glob, text))) is { } ignored)
        {
            yield return Warning("spec.ignoreTags", $"'{ignored}' {SpecRule.DeclaredTagsAreNotIgnored.Predicate}");
        }

        if (Text(image?["name"]) is { } name && name.IndexOfAny(['*', '?']) >= 0)
        {
            yield return Warning("spec.image.name",
                $"'{name}' is read as it is written, not as a glob. For a glob, use spec.image.selector.names.");
        }

        if (Text((image?["selector"] as JsonObject)?["status"]) is { } status && !Statuses.Contains(status))
        {
            yield return Warning("spec.image.selector.status",
                $"is '{status}', and Glance has no such status, so that no image matches. It has {string.Join(", ", Statuses)}.");
        }

        ManifestError Warning(string field, string message) =>
            manifest.Error(FieldPath.Of(field), message) with { Kind = ManifestErrorKind.Warning };
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
