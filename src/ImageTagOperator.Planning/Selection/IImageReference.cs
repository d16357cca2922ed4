namespace ImageTagOperator.Planning.Selection;

/// <summary>Which images a set means: exactly one of the three is set.</summary>
public interface IImageReference
{
    /// <summary>A UUID.</summary>
    string? Id { get; }

    /// <summary>The image's name, case included.</summary>
    string? Name { get; }

    IImageSelector? Selector { get; }
}
