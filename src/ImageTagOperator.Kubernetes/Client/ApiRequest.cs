namespace ImageTagOperator.Kubernetes.Client;

/// <summary>A request to the API server.</summary>
/// <param name="Target">Path and query, relative to the server's address.</param>
internal sealed record ApiRequest(HttpMethod Method, string Target, byte[]? Body = null, string ContentType = "application/json")
{
    public string Path => Target.Split('?', 2)[0];

    public override string ToString() => $"{Method} {Path}";
}
