using ImageTagOperator.Entities;

namespace ImageTagOperator.Reconciliation;

/// <summary>Stores the status of sets.</summary>
public interface IStatusStore
{
    /// <summary>Stores the status of the set.</summary>
    /// <returns>The set as stored. An API server with an older definition drops unknown fields.</returns>
    Task<V1Alpha1ImageTagSet> SaveAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken);
}
