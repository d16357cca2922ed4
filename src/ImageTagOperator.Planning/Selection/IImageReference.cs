namespace ImageTagOperator.Planning.Selection;

/// <summary>Which images a set applies to. Exactly one property is set.</summary>
public interface IImageReference
{
    /// <summary>A UUID.</summary>
    string? Id { get; }

    /// <summary>The name of the image, case-sensitive.</summary>
    string? Name { get; }

    IImageSelector? Selector { get; }
}
