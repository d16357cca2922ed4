namespace ImageTagOperator.OpenStack.Answers;

/// <summary>How far a call to a cloud came.</summary>
public enum CloudStep
{
    /// <summary>A name is looked up, and a connection made.</summary>
    Connect,

    /// <summary>The connection is secured.</summary>
    Tls,

    /// <summary>Keystone answers a login.</summary>
    Login,

    /// <summary>The Image API is looked up in the catalog that came with the token.</summary>
    Catalog,

    /// <summary>The Image API answers a read.</summary>
    Read,

    /// <summary>The Image API answers a PUT or DELETE of a tag.</summary>
    Write,
}
