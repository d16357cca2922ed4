using ImageTagOperator.Entities;

namespace ImageTagOperator.Planning;

/// <summary>One set's interest in one image.</summary>
/// <param name="Owner">The set as <c>namespace/name</c>.</param>
/// <param name="Created">When the set was created: the oldest has the right of way.</param>
/// <param name="Tags">What it declares.</param>
public sealed record ImageClaim(string Owner, DateTimeOffset Created, TagPolicy Policy, IReadOnlyCollection<string> Tags);
