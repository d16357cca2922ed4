using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Guards;

/// <summary>One write to one image.</summary>
public readonly record struct ImageStep(string ImageId, TagStep Step);
