namespace ImageTagOperator.Planning.Ownership;

/// <summary>Whether a cloud accepts writes to an image. Only a write shows it: no API returns the permissions of a token.</summary>
public enum WriteAccess
{
    /// <summary>Not known: the credentials have written nothing to the image yet.</summary>
    Unproven,

    /// <summary>The cloud accepted the last write.</summary>
    Granted,

    /// <summary>The cloud refused the last write.</summary>
    Refused,
}
