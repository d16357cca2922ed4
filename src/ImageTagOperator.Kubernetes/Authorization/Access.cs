namespace ImageTagOperator.Kubernetes.Authorization;

/// <summary>The answer of the API server about the bearer of a token.</summary>
public enum Access
{
    /// <summary>The token is not valid: 401.</summary>
    Unauthenticated,

    /// <summary>The bearer lacks the permission: 403.</summary>
    Forbidden,

    Allowed,
}
