using ImageTagOperator.Entities;

namespace ImageTagOperator.Reconciliation;

/// <summary>Keeps the statuses of sets.</summary>
public interface IStatusStore
{
    /// <summary>Stores the status of the set.</summary>
    /// <returns>The set as it was stored. A store may drop fields that it does not know.</returns>
    Task<V1Alpha1ImageTagSet> SaveAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken);
}
