namespace ImageTagOperator.OpenStack.Images;

/// <summary>A query for images: one id, one name, or a list.</summary>
public readonly record struct ImageTerm
{
    private ImageTerm(ImageTermKind kind, string text) => (Kind, Text) = (kind, text);

    public ImageTermKind Kind { get; }

    /// <summary>The id or the name; empty for <see cref="All"/>, <c>community</c> for <see cref="Community"/>.</summary>
    public string Text { get; }

    /// <summary>The default list: public images, images of the project, and images shared with it.</summary>
    public static ImageTerm All { get; } = new(ImageTermKind.List, "");

    /// <summary>All community images. The default list contains them only for their owners.</summary>
    public static ImageTerm Community { get; } = new(ImageTermKind.List, "community");

    /// <summary>The image with this id, also when lists do not contain it.</summary>
    public static ImageTerm Id(string id) => new(ImageTermKind.Id, id.ToLowerInvariant());

    /// <summary>The images of the default list with exactly this name. Case matters.</summary>
    public static ImageTerm Name(string name) => new(ImageTermKind.Name, name);
}

public enum ImageTermKind
{
    Id,
    Name,
    List,
}
