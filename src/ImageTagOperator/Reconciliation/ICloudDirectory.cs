using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>Knows what a set's <c>cloudCredentialsRef</c> stands for.</summary>
public interface ICloudDirectory
{
    /// <exception cref="ProblemException">There is no such cloud, or what there is cannot be used.</exception>
    Task<CloudConfiguration> FindAsync(RegisteredSet set, CloudCredentialsRef reference, CancellationToken cancellationToken);

    /// <summary>Where the credentials are, for messages.</summary>
    string Describe(RegisteredSet set, CloudCredentialsRef reference);
}
