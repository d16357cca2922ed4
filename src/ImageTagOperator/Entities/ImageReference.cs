using ImageTagOperator.Planning.Selection;

namespace ImageTagOperator.Entities;

/// <summary>References images by ID, name or selector; exactly one is set.</summary>
[Description("The image, or the images. Exactly one of id, name and selector.")]
public sealed class ImageReference : IImageReference
{
    [Description("The image's UUID.")]
    [Pattern("^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")]
    public string? Id { get; set; }

    [Description("The image's name, case included. It must match exactly one image.")]
    [Length(1, 255)]
    public string? Name { get; set; }

    [Description("All images that match. An image that no longer matches gives up the tags that this set manages on it.")]
    [PropertyCount(1)]
    public ImageSelector? Selector { get; set; }

    IImageSelector? IImageReference.Selector => Selector;
}
