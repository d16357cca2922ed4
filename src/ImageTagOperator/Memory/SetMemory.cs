using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Planning.Ownership;

namespace ImageTagOperator.Memory;

/// <summary>The state of one set between its reconciles. It belongs to the uid of the set and is not persisted. Only the reconciles of the
/// set write it, one at a time; and <see cref="SetRegistry.RequestLook"/>.</summary>
public sealed class SetMemory
{
    private volatile UsedSession? lastUsed;

    /// <summary>The last session that reached all images of the set. It is used when the Secret was deleted or now names another
    /// cloud.</summary>
    public CloudSession? LastGood { get; set; }

    /// <summary>Changes that another client may undo.</summary>
    public ContentionState? Contention { get; set; }

    /// <summary>Since when images with tags to remove could not be reached; null when all can.</summary>
    public DateTimeOffset? UnreachedSince { get; set; }

    /// <summary>That the last list had no match while declared tags were still on other images; null otherwise.</summary>
    public NoMatch? NoMatch { get; set; }

    /// <summary>The last status of which the API server dropped fields: as stored, and as sent.</summary>
    public (string Kept, ImageTagSetStatus Whole)? Dropped { get; set; }

    /// <summary>The last reconcile, if it found all in order; else null.</summary>
    public OrderlyLook? OrderlyLook { get; set; }

    /// <summary>The maximum age of a cached reading for the next reconcile; null: none.</summary>
    internal ReadingAgeLimit? ReadingAgeLimit { get; set; }

    /// <summary>The last session of these credentials, or null. Reconciles of other sets read it too.</summary>
    public CloudSession? LastUsed(CloudCredentialsRef credentials) => lastUsed is { } last && last.Credentials == credentials ? last.Session
        : null;

    public void Use(CloudCredentialsRef credentials, CloudSession session)
    {
        if (LastUsed(credentials) != session) lastUsed = new(credentials, session);
    }

    private sealed record UsedSession(CloudCredentialsRef Credentials, CloudSession Session);
}
