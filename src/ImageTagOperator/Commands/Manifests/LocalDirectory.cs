using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>Uses the clouds of the local user instead of those in Secrets.</summary>
/// <param name="chosen">The cloud for all sets; null to use the one that each set names.</param>
internal sealed class LocalDirectory(LocalClouds clouds, string? chosen) : ICloudDirectory
{
    public Task<CloudConfiguration> FindAsync(RegisteredSet set, CloudCredentialsRef reference, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(clouds.Find(chosen, reference.CloudName));
        }
        catch (InvalidCloudsYamlException e)
        {
            throw new Problem(Reason.InvalidCloudsYaml, e.Message).ToException();
        }
    }

    public string Describe(RegisteredSet set, CloudCredentialsRef reference) => "The local clouds.yaml";
}
