using System.Collections.Concurrent;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;

namespace ImageTagOperator.Reconciliation;

/// <summary>From a set's <c>cloudCredentialsRef</c> to a session with its cloud.</summary>
public sealed class CloudResolver(ICloudDirectory directory, CloudSessions sessions)
{
    private readonly ConcurrentDictionary<string, CloudSession> lastGood = new();
    private readonly ConcurrentDictionary<string, (CloudCredentialsRef Reference, CloudSession Session)> lastUsed = new();

    /// <exception cref="ProblemException">There is no such cloud, or what there is cannot be used.</exception>
    public async Task<CloudSession> ResolveAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken)
    {
        var session = await ResolveAsync(set, set.Spec.CloudCredentialsRef, cancellationToken);
        lastUsed[set.Metadata.Uid!] = (set.Spec.CloudCredentialsRef, session);
        return session;
    }

    /// <exception cref="ProblemException">There is no such cloud, or what there is cannot be used.</exception>
    public async Task<CloudSession> ResolveAsync(V1Alpha1ImageTagSet set, CloudCredentialsRef reference, CancellationToken cancellationToken)
    {
        var cloud = await directory.FindAsync(set, reference, cancellationToken);
        var profile = reference.Profile == CloudProfile.OpenStack ? CloudProfiles.Of(cloud.AuthUrl) : reference.Profile;
        try
        {
            return sessions.Get(cloud with { Profile = profile }, set.Metadata.NamespaceProperty ?? "");
        }
        catch (InvalidCloudsYamlException e)
        {
            throw new Problem(Reason.InvalidCloudsYaml, $"{directory.Describe(set, reference)}: {e.Message}").ToException();
        }
    }

    /// <summary>Where the set's credentials are, for messages.</summary>
    public string Describe(V1Alpha1ImageTagSet set) => directory.Describe(set, set.Spec.CloudCredentialsRef);

    /// <summary>Take this before reading an image by itself.</summary>
    public long Sequence => sessions.Gates.Sequence;

    /// <summary>The session that the set's credentials led to last in this process, or null.</summary>
    public CloudSession? LastUsed(V1Alpha1ImageTagSet set) =>
        lastUsed.TryGetValue(set.Metadata.Uid!, out var last) && last.Reference == set.Spec.CloudCredentialsRef ? last.Session : null;

    /// <summary>All images of the set are reached with this session now: those from before are of no use any more.</summary>
    public void Settle(V1Alpha1ImageTagSet set, CloudSession session) => lastGood[set.Metadata.Uid!] = session;

    /// <summary>The session that the set's images were last reached with in this process, for the time after its Secret has gone or leads
    /// elsewhere; or null.</summary>
    public CloudSession? LastGood(V1Alpha1ImageTagSet set) => lastGood.GetValueOrDefault(set.Metadata.Uid!);

    public void Forget(V1Alpha1ImageTagSet set)
    {
        lastGood.TryRemove(set.Metadata.Uid!, out _);
        lastUsed.TryRemove(set.Metadata.Uid!, out _);
    }
}
