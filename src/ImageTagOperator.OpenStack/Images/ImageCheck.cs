namespace ImageTagOperator.OpenStack.Images;

/// <summary>Validates an image from a response: required fields and size limits.</summary>
internal static class ImageCheck
{
    /// <summary>The defaults of Glance are 128 tags of at most 255 characters.</summary>
    private const int MaxTags = 4096;
    private const int MaxTextLength = 1024;

    /// <summary>The problem, without any text from the response; or null.</summary>
    public static string? Problem(Image? image) => image switch
    {
        null => "null for an image",
        _ when !Guid.TryParseExact(image.Id, "D", out _) => "an image's id is no UUID",
        { Tags: null } or { Status: null } => "an image without status or tags",
        { Tags.Count: > MaxTags } => $"an image with more than {MaxTags} tags",
        _ when image.Tags.Any(tag => tag is null or { Length: > MaxTextLength }) => "an image's tag is null or too long",
        { Name.Length: > MaxTextLength } or { Status.Length: > MaxTextLength } => "an image's name or status is too long",
        _ => null,
    };
}
