namespace ImageTagOperator.Kubernetes;

/// <summary>Anything that the API server knows by apiVersion and kind.</summary>
public interface IKubernetesObject
{
    /// <summary><c>group/version</c>, or only the version in the core group. The client fills it in when it is empty.</summary>
    string ApiVersion { get; set; }

    /// <summary>The client fills it in when it is empty: items of built-in lists come without one.</summary>
    string Kind { get; set; }
}
