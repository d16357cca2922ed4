namespace ImageTagOperator.Planning.Selection;

/// <summary>Conditions on an image, which must all hold. A condition that is null is none.</summary>
public interface IImageSelector
{
    /// <summary>Globs of which one must match the name.</summary>
    IReadOnlyList<string>? Names { get; }

    /// <summary>A project's id.</summary>
    string? Owner { get; }

    ImageVisibility? Visibility { get; }

    /// <value><c>active</c></value>
    string? Status { get; }

    /// <summary>Tags that are all on the image.</summary>
    IReadOnlyList<string>? Tags { get; }

    /// <summary>Properties with their values.</summary>
    IReadOnlyDictionary<string, string>? Properties { get; }

    /// <summary>Of those that match, only this many, the most recently created ones.</summary>
    int? Newest { get; }
}
