namespace ImageTagOperator.OpenStack.Images;

/// <summary>What an image must be, so that all who work with it can rely on it.</summary>
internal static class ImageCheck
{
    /// <summary>Glance allows 128 by default, and a column of 255 characters for each.</summary>
    private const int MostTags = 4096;
    private const int LongestText = 1024;

    /// <summary>What is wrong, in words that hold nothing of the answer; or null.</summary>
    public static string? Problem(Image? image) => image switch
    {
        null => "null for an image",
        _ when !Guid.TryParseExact(image.Id, "D", out _) => "an image's id is no UUID",
        { Tags: null } or { Status: null } => "an image without status or tags",
        { Tags.Count: > MostTags } => $"an image with more than {MostTags} tags",
        _ when image.Tags.Any(tag => tag is null or { Length: > LongestText }) => "an image's tag is null or too long",
        { Name.Length: > LongestText } or { Status.Length: > LongestText } => "an image's name or status is too long",
        _ => null,
    };
}
