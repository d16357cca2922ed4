using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Crds;
using ImageTagOperator.Kubernetes.Json;
using ImageTagOperator.Kubernetes.Schema.Validation;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>Validates manifests offline: the schema of the CRD, the operator's own rules, and conflicts between sets that name the same
/// image.</summary>
internal static partial class ManifestValidator
{
    private static readonly JsonSerializerOptions Json = KubernetesJson.Options(ImageTagSetJson.Default);

    /// <summary>Returns the manifests with their sets, and all errors, in order.</summary>
    public static (IReadOnlyList<Manifest> Manifests, IReadOnlyList<ManifestError> Errors) Validate(IReadOnlyList<Manifest> manifests)
    {
        var schema = CustomResourceDefinition.Schema<V1Alpha1ImageTagSet>(Json);
        // The schema of a custom resource does not cover metadata, which has its own schema in the API server.
        (schema["properties"]!["metadata"], schema["required"]) = (ObjectMetadata.Schema(), new JsonArray("metadata", "spec"));
        var errors = new List<ManifestError>();
        var read = new List<Manifest>();
        foreach (var manifest in manifests)
        {
            var wrong = Validate(manifest, schema, out var set);
            errors.AddRange(wrong);
            if (set is not null) read.Add(manifest with { Set = set });
        }

        errors.AddRange(Duplicates(read));
        errors.AddRange(Conflicts(read));
        return (read, errors);
    }

    private static List<ManifestError> Validate(Manifest manifest, JsonObject schema, out V1Alpha1ImageTagSet? set)
    {
        set = null;
        var version = (string)manifest.Json["apiVersion"]!;
        if (version != $"{V1Alpha1ImageTagSet.Group}/{V1Alpha1ImageTagSet.Version}")
        {
            return [manifest.Error(
                FieldPath.Of("apiVersion"),
                $"is {version}, and this version knows {V1Alpha1ImageTagSet.Group}/{V1Alpha1ImageTagSet.Version}.")];
        }

        var found = SchemaValidator.Validate(schema, manifest.Json).ToArray();
        var errors = found.Select(error => manifest.Error(error.Path, WithText(manifest, error))).ToList();
        // The rules need values of the right types, and no empty items.
        if (found.Any(error => error.Keyword == "type") || Read(manifest.Json) is not { } known) return errors;
        if (errors.Count == 0) set = known;
        if (CloudRules.Check(known.Spec) is not { } problem) return errors;
        // The operator's message explains the rule better than a pattern of the schema.
        var field = Field().Match(problem.Message).Value;
        var same = errors.FindIndex(error => error.Field == field || error.Field.StartsWith(field + "[", StringComparison.Ordinal));
        var place = same < 0 ? FieldPath.Of(field) : found[same].Path;
        var ruleError = manifest.Error(place, problem.Message[field.Length..].TrimStart());
        if (same < 0 && errors.Count == 0) errors.Add(ruleError);
        // Of what is missing the operator sees an empty text.
        else if (same >= 0 && found[same].Keyword != "required") errors[same] = ruleError;
        return errors;
    }

    /// <summary>Uses the text as written in the advice to quote a value: 24.10 is 24.1 as a number.</summary>
    private static string WithText(Manifest manifest, SchemaError error)
    {
        var message = error.Message;
        if (error.Keyword == "type" && error.Value is { } value && manifest.TextOf(error.Path) is { } text)
        {
            message = error.Path.ToString() == "spec.interval" && value.GetValueKind() == JsonValueKind.Number
                ? $"must have a unit: {text}s, {text}m or {text}h"
                : message.Replace($"'{value.ToJsonString()}'", $"'{text}'", StringComparison.Ordinal);
        }

        if (error.Keyword == "pattern" && ObjectMetadata.Characters(error.Path.ToString()) is { } characters)
        {
            message = $"'{error.Value}' is not a name for Kubernetes. Use {characters}, with a letter or digit at both ends";
        }

        return message.EndsWith('?') ? message : message + ".";
    }

    /// <summary>Null when a type is wrong, which the schema reports.</summary>
    private static V1Alpha1ImageTagSet? Read(JsonObject json)
    {
        try
        {
            return json.Deserialize(ImageTagSetJson.Default.V1Alpha1ImageTagSet);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Sets with the same key, which are one object on an API server.</summary>
    public static IEnumerable<ManifestError> Duplicates(IEnumerable<Manifest> manifests) =>
        from duplicates in manifests.GroupBy(manifest => manifest.Set!.Key())
        let first = duplicates.First()
        from other in duplicates.Skip(1)
        select other.Error(FieldPath.Of("metadata.name"),
            $"{other.Name} is there before, in {first.Place}; an API server keeps one of them. Rename or "
            + "remove one.");

    /// <summary>Conflicts between sets that reference the same image in the same way. Overlapping selectors need the cloud: <c>plan</c>
    /// finds them.</summary>
    private static IEnumerable<ManifestError> Conflicts(IReadOnlyList<Manifest> manifests)
    {
        var sharing = manifests
            .Where(manifest => manifest.Set!.Spec is { Mode: TagSetMode.Enforce, Suspend: false, Image.Selector: null })
            .DistinctBy(manifest => manifest.Set!.Key())
            .GroupBy(manifest => manifest.Set!.Spec is var spec
                ? (manifest.Set.Metadata.NamespaceProperty, spec.CloudCredentialsRef.SecretName, spec.CloudCredentialsRef.CloudName,
                    Image: spec.Image.Id?.ToLowerInvariant() ?? $"name {spec.Image.Name}")
                : default);
        foreach (var group in sharing)
        {
            var plan = ImagePlan.Of(group.Select(ClaimOf), [], CloudRules.For(CloudProfile.OpenStack));
            foreach (var manifest in group)
            {
                if (plan.ShareOf(manifest.Set!.Key().ToString()).Winner?.Owner is not { } winner) continue;
                var other = group.First(one => one.Set!.Key().ToString() == winner);
                yield return manifest.Error(FieldPath.Of("spec.image"),
                    $"is claimed by ImageTagSet {winner} too, in {other.Place}, and one of the two has policy Exact, which shares with "
                    + "nobody. Delete one of them, merge their tags, or make both Additive.") with { Kind = ManifestErrorKind.Conflict };
            }
        }
    }

    private static ImageClaim ClaimOf(Manifest manifest) => SetClaims.Of(manifest.Set!, null, ownsImage: false, access: null);

    [GeneratedRegex(@"^spec(\.\w+)*")]
    private static partial Regex Field();
}
