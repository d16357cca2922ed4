using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Guards;

namespace ImageTagOperator.Memory;

/// <summary>What this process remembers of one set between its reconciles. It belongs to the set's uid and is gone with it. Only the set's
/// own reconciles, one at a time, write to it.</summary>
public sealed class SetMemory
{
    private volatile UsedSession? lastUsed;

    /// <summary>The session that reached all images of the set last, for the time after its Secret is gone or leads elsewhere.</summary>
    public CloudSession? LastGood { get; set; }

    /// <summary>Changes that somebody else may be undoing.</summary>
    public ContentionState? Contention { get; set; }

    /// <summary>Since when images that have tags to give up could not be reached.</summary>
    public DateTimeOffset? UnreachedSince { get; set; }

    /// <summary>A status of which the API server dropped some fields: what it kept, and the whole.</summary>
    public (string Kept, ImageTagSetStatus Whole)? Dropped { get; set; }

    /// <summary>How old a reading the next reconcile may go by.</summary>
    internal ReadingTrust? Trust { get; set; }

    /// <summary>The session that these credentials led to last, or null. Other sets' reconciles ask too.</summary>
    public CloudSession? LastUsed(CloudCredentialsRef credentials) => lastUsed is { } last && last.Credentials == credentials ? last.Session
        : null;

    public void Use(CloudCredentialsRef credentials, CloudSession session) => lastUsed = new(credentials, session);

    private sealed record UsedSession(CloudCredentialsRef Credentials, CloudSession Session);
}
