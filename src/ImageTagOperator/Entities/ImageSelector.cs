using ImageTagOperator.Planning.Selection;

namespace ImageTagOperator.Entities;

/// <summary>Selects images; all given conditions must be true.</summary>
[Description("Chooses images. All conditions that are given must hold.")]
public sealed class ImageSelector : IImageSelector
{
    [Description("Globs (* and ?) of which the image's name must match one.")]
    [XListType(XListType.Set)]
    [Items(1, 64)]
    [Length(1, 255, EachItem = true)]
    public IReadOnlyList<string>? Names { get; set; }

    [Description("The id of the project that owns the image.")]
    [Length(1, 255)]
    public string? Owner { get; set; }

    [Description("The image's visibility.")]
    public ImageVisibility? Visibility { get; set; }

    [Description("The image's status; active if not given. Only active images are tagged.")]
    [Length(1, 64)]
    public string? Status { get; set; }

    [Description("Tags that the image must have.")]
    [XListType(XListType.Set)]
    [Items(1, 64)]
    [Length(1, 255, EachItem = true)]
    public IReadOnlyList<string>? Tags { get; set; }

    [Description("Properties that the image must have, with these values.")]
    [PropertyCount(1)]
    public IReadOnlyDictionary<string, string>? Properties { get; set; }

    [Description("Of the images that match, only this many, the most recently created ones.")]
    [RangeMinimum(1)]
    [RangeMaximum(500)]
    public int? Newest { get; set; }
}
