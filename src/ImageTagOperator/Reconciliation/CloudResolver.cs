using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>Resolves a set's <c>cloudCredentialsRef</c> to a session.</summary>
public sealed class CloudResolver(ICloudDirectory directory, CloudSessions sessions)
{
    /// <summary><see cref="OpenStack.Images.ImageGates.Sequence"/>. Get this before a read of a single image.</summary>
    public long Sequence => sessions.Gates.Sequence;

    /// <summary>Finds the credentials and returns their session. It does not log in.</summary>
    /// <exception cref="ProblemException">The credentials do not exist or cannot be used.</exception>
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

    /// <summary>Describes where the set's credentials are stored, for messages.</summary>
    public string Describe(RegisteredSet set) => directory.Describe(set, set.Spec.CloudCredentialsRef);
}
