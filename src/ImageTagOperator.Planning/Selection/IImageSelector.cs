namespace ImageTagOperator.Planning.Selection;

/// <summary>Conditions on an image, which must all be true. A null condition is not checked.</summary>
public interface IImageSelector
{
    /// <summary>Globs. At least one must match the name.</summary>
    IReadOnlyList<string>? Names { get; }

    /// <summary>The ID of the project that owns the image.</summary>
    string? Owner { get; }

    ImageVisibility? Visibility { get; }

    /// <value>Default: <c>active</c>.</value>
    string? Status { get; }

    /// <summary>Tags that must all be on the image.</summary>
    IReadOnlyList<string>? Tags { get; }

    /// <summary>Properties that must have these values.</summary>
    IReadOnlyDictionary<string, string>? Properties { get; }

    /// <summary>Limits the matches to this number of the most recently created images.</summary>
    int? Newest { get; }
}
