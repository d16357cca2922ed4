using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>What works and is hardly meant so.</summary>
internal static class ManifestDoubts
{
    /// <summary>Those of Glance ("Image statuses" of its documentation).</summary>
    private static readonly string[] Statuses = [
        "queued", "saving", "uploading", "importing", "active", "deactivated", "killed", "deleted", "pending_delete"];

    public static IEnumerable<ManifestError> Of(IEnumerable<Manifest> manifests) => manifests.SelectMany(Of);

    private static IEnumerable<ManifestError> Of(Manifest manifest)
    {
        var spec = manifest.Json["spec"];
        var isExact = Text(spec?["policy"]) is null or nameof(TagPolicy.Exact);
        if (isExact && spec?["tags"] is JsonArray { Count: 0 }) yield return Doubt(
            FieldPath.Of("spec", "tags"), SpecRule.ExactSetHasTags.Says);
        if (isExact && spec?["ignoreTags"] is JsonArray globs && spec["tags"] is JsonArray tags
            && globs.Select(Text).OfType<string>().FirstOrDefault(
                glob => tags.Any(tag => Text(tag) is { } text && TagGlob.IsMatch(glob, text))) is { } ignored)
        {
            yield return Doubt(FieldPath.Of("spec", "ignoreTags"), $"'{ignored}' {SpecRule.DeclaredTagsAreNotIgnored.Says}");
        }

        if (Text(spec?["image"]?["selector"]?["status"]) is { } status && !Statuses.Contains(status))
        {
            yield return Doubt(FieldPath.Of("spec", "image", "selector", "status"),
                $"is '{status}', and Glance has no such status, so that no image matches. It has {string.Join(", ", Statuses)}.");
        }

        ManifestError Doubt(FieldPath field, string message) => manifest.Error(field, message) with { Kind = ManifestErrorKind.Doubtful };
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
