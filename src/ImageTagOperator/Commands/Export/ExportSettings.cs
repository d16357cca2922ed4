using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Commands.Export;

/// <summary>How images become sets.</summary>
/// <param name="Selector">Which images.</param>
/// <param name="ById">Name each image by its id, even where its name would do.</param>
/// <param name="Grouped">One set for images that have the same tags.</param>
/// <param name="Untagged">Images without tags too.</param>
internal sealed record ExportSettings(ImageSelector Selector, string? Namespace, string SecretName, string CloudName, TagPolicy Policy,
    bool ById, bool Grouped, bool Untagged);
