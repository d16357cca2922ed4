using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Planning.Selection;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Entities;

/// <summary>The declared state.</summary>
[Description("What is declared.")]
public sealed class ImageTagSetSpec : ITagSetSpec
{
    [Required]
    [Description("The cloud that the images are in, and the credentials for it.")]
    public CloudCredentialsRef CloudCredentialsRef { get; set; } = new();

    [Required]
    [Description("The image, or the images, that get the tags. Exactly one of id, name and selector.")]
    [PropertyCount(1, 1)]
    public ImageReference Image { get; set; } = new();

    [Required]
    [Description(
        "The tags: printable ASCII without '/', 1 to 255 characters each, no leading or trailing blank, no two that differ only in case.")]
    [XListType(XListType.Set)]
    [Items(0, 128)]
    [Length(1, 255, EachItem = true)]
    [Pattern(TagPattern, EachItem = true)]
    [NotEnumValues(".", "..", EachItem = true)]
    public IReadOnlyList<string> Tags { get; set; } = [];

    [Description(
        "What is done about tags that are not declared. Exact: they are removed. Additive: they stay, and only tags that this set manages "
        + "are removed when they are no longer declared.")]
    [DefaultValue(nameof(TagPolicy.Exact))]
    public TagPolicy Policy { get; set; } = TagPolicy.Exact;

    [Description("Globs (* and ?) of tags that policy Exact leaves alone.")]
    [XListType(XListType.Set)]
    [Items(0, 128)]
    [Length(0, 255, EachItem = true)]
    public IReadOnlyList<string>? IgnoreTags { get; set; }

    [Description(
        "Enforce: the images are changed. Observe: what would change is reported in the status, and nothing is written to the cloud.")]
    [DefaultValue(nameof(TagSetMode.Enforce))]
    public TagSetMode Mode { get; set; } = TagSetMode.Enforce;

    [Description(
        "What happens to the images' tags when this set is deleted. Remove: the tags that it manages are removed. Retain: they stay. "
        + "Restore: the images get back the tags that they had when this set first changed them.")]
    [DefaultValue(nameof(TagDeletionPolicy.Remove))]
    public TagDeletionPolicy DeletionPolicy { get; set; } = TagDeletionPolicy.Remove;

    [Description("When a change would remove more tags than this, over all images, nothing is changed and the set says so.")]
    [RangeMinimum(0)]
    public int? MaxRemovals { get; set; }

    [Description("How often the images are looked at, as a duration such as 30s, 10m or 1h30m; at least 10s.")]
    [DefaultValue("10m")]
    [Pattern(GoDuration.Pattern)]
    public string Interval { get; set; } = "10m";

    [Description("True: the set is left alone, its images are neither read nor changed.")]
    [DefaultValue(false)]
    public bool Suspend { get; set; }

    string ITagSetSpec.SecretName => CloudCredentialsRef.SecretName;

    string ITagSetSpec.CloudName => CloudCredentialsRef.CloudName;

    IImageReference ITagSetSpec.Image => Image;

    /// <summary>Matches printable ASCII without '/' and without leading or trailing blanks.</summary>
    internal const string TagPattern = "^[!-.0-~]([ -.0-~]*[!-.0-~])?$";
}
