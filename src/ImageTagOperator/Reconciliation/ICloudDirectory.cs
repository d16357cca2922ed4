using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>Reads the cloud configuration that a set's <c>cloudCredentialsRef</c> names.</summary>
public interface ICloudDirectory
{
    /// <summary>Reads the configuration.</summary>
    /// <exception cref="ProblemException">The credentials do not exist or cannot be used.</exception>
    Task<CloudConfiguration> FindAsync(RegisteredSet set, CloudCredentialsRef reference, CancellationToken cancellationToken);

    /// <summary>Describes where the credentials are stored, for messages.</summary>
    string Describe(RegisteredSet set, CloudCredentialsRef reference);
}
