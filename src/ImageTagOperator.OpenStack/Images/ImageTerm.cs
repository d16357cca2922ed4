namespace ImageTagOperator.OpenStack.Images;

/// <summary>What somebody wants to know of a cloud's images.</summary>
public readonly record struct ImageTerm
{
    private ImageTerm(ImageTermKind kind, string text) => (Kind, Text) = (kind, text);

    public ImageTermKind Kind { get; }

    /// <summary>The id or the name; empty for <see cref="All"/>, <c>community</c> for <see cref="Community"/>.</summary>
    public string Text { get; }

    /// <summary>All that the default list shows: public ones, ours, and those shared with us.</summary>
    public static ImageTerm All { get; } = new(ImageTermKind.List, "");

    /// <summary>All community images, which the default list shows to their owners only.</summary>
    public static ImageTerm Community { get; } = new(ImageTermKind.List, "community");

    /// <summary>The image of this id, whoever may see it in lists.</summary>
    public static ImageTerm Id(string id) => new(ImageTermKind.Id, id.ToLowerInvariant());

    /// <summary>The images of exactly this name in the default list.</summary>
    public static ImageTerm Name(string name) => new(ImageTermKind.Name, name);
}

public enum ImageTermKind
{
    Id,
    Name,
    List,
}
