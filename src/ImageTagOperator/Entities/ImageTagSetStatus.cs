using System.Text.Json.Serialization;

namespace ImageTagOperator.Entities;

/// <summary>The observed state. Equality is by reference: to compare, use its JSON.</summary>
[Description("What the operator found and did.")]
public sealed record ImageTagSetStatus
{
    [Description("The metadata.generation that this status is about.")]
    public long? ObservedGeneration { get; set; }

    [Description("Ready: the images have the tags as declared. Reconciling, Stalled and Drifted are there only while true.")]
    [XListType(XListType.Map, "type")]
    public IReadOnlyList<V1Condition>? Conditions { get; set; }

    [Description("The credentials that the images below were reached with.")]
    public CloudCredentialsRef? CloudCredentialsRef { get; set; }

    [Description("The Image API that the images below are in.")]
    public string? ImageEndpoint { get; set; }

    [Description(
        "The cloud that the images below are in, whatever its address: the Keystone, "
        + "the image service's id in its catalog and the region.")]
    public string? Cloud { get; set; }

    [Description("The project of the credentials that the images below were reached with.")]
    public string? ProjectId { get; set; }

    [Description("The spec.image that the images below were found by.")]
    public ImageReference? Image { get; set; }

    [Description("The images that the set applies to, and those that still have tags to give up. One id can be there for two clouds.")]
    [XListType(XListType.Atomic)]
    public IReadOnlyList<ImageState>? Images { get; set; }

    [Description("Images that the set applies to.")]
    public int? ImageCount { get; set; }

    [Description("Declared tags that are in place, over all images.")]
    public int? TagCount { get; set; }

    [Description("When a tag of an image was last changed by this set.")]
    [JsonConverter(typeof(Rfc3339SecondsConverter))]
    public DateTimeOffset? LastSyncTime { get; set; }

    [Description(
        "When the cloud last showed the images, so that it was known how they are. Of a set that does not change it is noted once an hour, "
        + "or once an interval if that is longer: it may be that much later in truth.")]
    [JsonConverter(typeof(Rfc3339SecondsConverter))]
    public DateTimeOffset? LastVerifiedTime { get; set; }

    [Description("While the images cannot be seen, or are being changed: what the last Event before that was about.")]
    public string? LastToldReason { get; set; }

    [Description("The reason of Ready when the images were last verified.")]
    public string? LastVerifiedReason { get; set; }

    [Description("The metadata.generation that the images were last verified against.")]
    public long? LastVerifiedGeneration { get; set; }
}
