using ImageTagOperator.OpenStack.Addresses;

namespace ImageTagOperator.OpenStack;

/// <summary>What went wrong with a cloud, sorted by who can mend it.</summary>
public enum CloudErrorKind
{
    /// <summary>A timeout, a 5xx, a 429, a broken connection: it may work later without anybody's help.</summary>
    Transient,

    /// <summary>Keystone refused the user, password or application credential.</summary>
    CredentialsRejected,

    /// <summary>Keystone does not understand the login (400): something is missing in clouds.yaml.</summary>
    LoginIncomplete,

    /// <summary>There is no Keystone v3 at <c>auth_url</c>, or another protocol is spoken there.</summary>
    AuthUrlWrong,

    /// <summary>The address is another one by now; redirects are not followed.</summary>
    Redirected,

    /// <summary>The server's certificate is not trusted.</summary>
    TlsUntrusted,

    /// <summary>The application credential is good, and its access rules do not cover this call.</summary>
    AccessRulesForbid,

    /// <summary>Clouds may not be where this one is (<see cref="AllowedClouds"/>).</summary>
    AddressNotAllowed,

    /// <summary>The catalog has no image endpoint for the region and interface asked for.</summary>
    EndpointNotFound,

    /// <summary>The credentials are good, but not for this (403).</summary>
    Forbidden,

    /// <summary>The cloud understood the request and will never do it (400 and other 4xx).</summary>
    Rejected,
}
