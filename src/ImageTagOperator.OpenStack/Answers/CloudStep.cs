namespace ImageTagOperator.OpenStack.Answers;

/// <summary>How far a request to a cloud got.</summary>
public enum CloudStep
{
    /// <summary>Resolving the name and connecting.</summary>
    Connect,

    /// <summary>The TLS handshake.</summary>
    Tls,

    /// <summary>The login at Keystone.</summary>
    Login,

    /// <summary>Finding the Image API in the catalog that came with the token.</summary>
    Catalog,

    /// <summary>A read from the Image API.</summary>
    Read,

    /// <summary>A PUT or DELETE of a tag.</summary>
    Write,
}
