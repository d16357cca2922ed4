namespace ImageTagOperator.OpenStack;

/// <summary>What went wrong with a cloud, sorted by who can mend it.</summary>
public enum CloudErrorKind
{
    /// <summary>A timeout, a 5xx, a 429, a broken connection: it may work later without anybody's help.</summary>
    Transient,

    /// <summary>Keystone refused the user, password or application credential.</summary>
    CredentialsRejected,

    /// <summary>The catalog has no image endpoint for the region and interface asked for.</summary>
    EndpointNotFound,

    /// <summary>The credentials are good, but not for this (403).</summary>
    Forbidden,

    /// <summary>The cloud understood the request and will never do it (400 and other 4xx).</summary>
    Rejected,
}
