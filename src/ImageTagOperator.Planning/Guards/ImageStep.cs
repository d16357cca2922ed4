using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Guards;

/// <summary>One write to one image.</summary>
/// <param name="Image">The cloud and the id: two clouds can have images with the same id.</param>
public readonly record struct ImageStep(string Image, TagStep Step);
