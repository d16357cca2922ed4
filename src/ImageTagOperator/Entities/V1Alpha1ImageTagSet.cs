using k8s.Models;

namespace ImageTagOperator.Entities;

/// <summary>Declares the tags that an OpenStack image should have.</summary>
[KubernetesEntity(Group = Group, ApiVersion = Version, Kind = KindName, PluralName = "imagetagsets")]
[KubernetesEntityShortNames("its")]
[Description(
    "An ImageTagSet declares the tags that one or more OpenStack images should have. The operator keeps the images' tags that way; it "
    + "never changes anything else of an image.")]
[GenericAdditionalPrinterColumn(
    ".status.conditions[?(@.type==\"Ready\")].status", "Ready", "string", Description = "True when the images have the tags as declared.")]
[GenericAdditionalPrinterColumn(".status.imageCount", "Images", "integer", Description = "Images that the set applies to.")]
[GenericAdditionalPrinterColumn(".status.tagCount", "Tags", "integer", Description = "Declared tags that are in place, over all images.")]
[GenericAdditionalPrinterColumn(
    ".status.conditions[?(@.type==\"Ready\")].reason", "Reason", "string", Description = "Why Ready is what it is.")]
[GenericAdditionalPrinterColumn(".status.lastVerifiedTime", "Verified", "date", Description = "How long ago the images were last seen.")]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
[GenericAdditionalPrinterColumn(
    ".spec.policy", "Policy", "string", Priority = 1, Description = "What is done about tags that are not declared.")]
[GenericAdditionalPrinterColumn(
    ".spec.mode", "Mode", "string", Priority = 1, Description = "Whether the images are changed, or only looked at.")]
[GenericAdditionalPrinterColumn(
    ".spec.cloudCredentialsRef.cloudName", "Cloud", "string", Priority = 1, Description = "The entry in clouds.yaml.")]
[GenericAdditionalPrinterColumn(".status.conditions[?(@.type==\"Ready\")].message", "Message", "string", Priority = 1)]
public sealed class V1Alpha1ImageTagSet : CustomKubernetesEntity<ImageTagSetSpec, ImageTagSetStatus>
{
    public const string Group = "imagetags.io";
    public const string Version = "v1alpha1";
    public const string KindName = "ImageTagSet";

    /// <summary>A change of this annotation triggers a reconcile: <c>kubectl annotate --overwrite its/NAME
    /// imagetags.io/requested-at="$(date +%s)"</c>.</summary>
    public const string RequestedAtAnnotation = "imagetags.io/requested-at";

    /// <summary>Keeps a deleted set until its managed tags are removed from its images.</summary>
    public const string Finalizer = "imagetags.io/finalizer";

    /// <summary>The value of <see cref="RequestedAtAnnotation"/>, or null.</summary>
    public static string? RequestedAt(V1Alpha1ImageTagSet set) => set.Metadata.Annotations?.TryGetValue(RequestedAtAnnotation, out var at)
        == true ? at : null;

    public V1Alpha1ImageTagSet()
    {
        ApiVersion = $"{Group}/{Version}";
        Kind = KindName;
    }
}
