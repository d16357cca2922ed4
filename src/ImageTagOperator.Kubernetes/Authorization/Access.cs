namespace ImageTagOperator.Kubernetes.Authorization;

/// <summary>What the API server says about a request that has come with a bearer token.</summary>
public enum Access
{
    /// <summary>The token is nobody's: 401.</summary>
    Unauthenticated,

    /// <summary>Somebody's who may not: 403.</summary>
    Forbidden,

    Allowed,
}
