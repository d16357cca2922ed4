using ImageTagOperator.OpenStack.Addresses;

namespace ImageTagOperator.OpenStack;

/// <summary>The kind of error of a cloud, by who can fix it.</summary>
public enum CloudErrorKind
{
    /// <summary>A timeout, a 5xx, a 429 or a broken connection: a retry may succeed.</summary>
    Transient,

    /// <summary>Keystone rejected the user, password or application credential.</summary>
    CredentialsRejected,

    /// <summary>Keystone does not understand the login (400): clouds.yaml lacks something.</summary>
    LoginIncomplete,

    /// <summary>There is no Keystone v3 at <c>auth_url</c>, or the server speaks another protocol.</summary>
    AuthUrlWrong,

    /// <summary>The server has moved to another address; redirects are not followed.</summary>
    Redirected,

    /// <summary>The server's certificate is not trusted.</summary>
    TlsUntrusted,

    /// <summary>The application credential is valid, but its access rules do not cover this call.</summary>
    AccessRulesForbid,

    /// <summary>The address of the cloud is not allowed (<see cref="AllowedClouds"/>).</summary>
    AddressNotAllowed,

    /// <summary>The catalog has no image endpoint for the configured region and interface.</summary>
    EndpointNotFound,

    /// <summary>The credentials are valid but lack the permission (403).</summary>
    Forbidden,

    /// <summary>The cloud understood the request and will never accept it (400 and other 4xx).</summary>
    Rejected,
}
