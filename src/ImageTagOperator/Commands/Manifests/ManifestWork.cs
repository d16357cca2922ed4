using ImageTagOperator.Entities;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>The sets to plan, and the input of the plan.</summary>
/// <param name="Others">Other sets of the cluster, which may claim the same images.</param>
internal sealed record ManifestWork(IReadOnlyList<Manifest> Manifests, IReadOnlyList<V1Alpha1ImageTagSet> Others, ICloudDirectory Directory)
    : IDisposable
{
    /// <summary>The errors of other manifests; null when there are none.</summary>
    public IReadOnlyList<ManifestError>? Errors { get; init; }

    /// <summary>The client that <see cref="Directory"/> reads with; null without a cluster.</summary>
    public IDisposable? Client { get; init; }

    public IReadOnlyList<V1Alpha1ImageTagSet> Sets { get; } = [.. Manifests.Select(manifest => manifest.Set!)];

    public void Dispose() => Client?.Dispose();
}
