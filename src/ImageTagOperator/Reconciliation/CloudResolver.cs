using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>From a set's <c>cloudCredentialsRef</c> to a session with its cloud.</summary>
public sealed class CloudResolver(ICloudDirectory directory, CloudSessions sessions)
{
    /// <summary>Take this before reading an image by itself.</summary>
    public long Sequence => sessions.Gates.Sequence;

    /// <exception cref="ProblemException">There is no such cloud, or what there is cannot be used.</exception>
    public async Task<CloudSession> ResolveAsync(
        RegisteredSet set, CloudCredentialsRef reference, CancellationToken cancellationToken)
    {
        var cloud = await directory.FindAsync(set, reference, cancellationToken);
        var profile = reference.Profile == CloudProfile.OpenStack ? CloudProfiles.Of(cloud.AuthUrl) : reference.Profile;
        try
        {
            return sessions.Get(cloud with { Profile = profile }, set.Key.Namespace ?? "");
        }
        catch (InvalidCloudsYamlException e)
        {
            throw new Problem(Reason.InvalidCloudsYaml, $"{directory.Describe(set, reference)}: {e.Message}").ToException();
        }
    }

    /// <summary>Where the set's credentials are, for messages.</summary>
    public string Describe(RegisteredSet set) => directory.Describe(set, set.Spec.CloudCredentialsRef);
}
