using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Commands.Export;

/// <summary>The settings for exporting images as sets.</summary>
/// <param name="Selector">Selects the images.</param>
/// <param name="ById">References each image by ID, even where its name would be unique.</param>
/// <param name="Grouped">One set for all images with the same tags.</param>
/// <param name="Untagged">Includes images without tags.</param>
internal sealed record ExportSettings(ImageSelector Selector, string? Namespace, string SecretName, string CloudName, TagPolicy Policy,
    bool ById, bool Grouped, bool Untagged);
