using ImageTagOperator.Entities;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>Sets to plan for, and what the plan depends on.</summary>
/// <param name="Others">Sets of the cluster that are not among the manifests, and that may claim the same images.</param>
internal sealed record ManifestWork(IReadOnlyList<Manifest> Manifests, IReadOnlyList<V1Alpha1ImageTagSet> Others, ICloudDirectory Directory)
{
    /// <summary>What is wrong with other manifests; null when nothing is.</summary>
    public IReadOnlyList<ManifestError>? Errors { get; init; }

    public IReadOnlyList<V1Alpha1ImageTagSet> Sets { get; } = [.. Manifests.Select(manifest => manifest.Set!)];
}
