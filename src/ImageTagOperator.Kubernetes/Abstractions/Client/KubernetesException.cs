using System.Net;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The API server refused a request. The message names the request, the code and what the server said.</summary>
public sealed class KubernetesException : Exception
{
    public KubernetesException(
        string method, string path, HttpStatusCode statusCode, V1Status status, TimeSpan? retryAfter = null, Exception? inner = null)
        : base($"{method} {path} -> {(int)statusCode} {status.Reason ?? statusCode.ToString()}: {status.Message ?? "no reason given"}",
            inner)
    {
        Method = method;
        Path = path;
        StatusCode = statusCode;
        Status = status;
        RetryAfter = retryAfter;
    }

    public string Method { get; }

    /// <summary>Without the query.</summary>
    public string Path { get; }

    public HttpStatusCode StatusCode { get; }

    public V1Status Status { get; }

    /// <summary>How long the server asked to wait.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Somebody else wrote first: read again and retry.</summary>
    public bool IsConflict => StatusCode == HttpStatusCode.Conflict && Status.Reason != "AlreadyExists";

    public bool IsAlreadyExists => StatusCode == HttpStatusCode.Conflict && Status.Reason == "AlreadyExists";

    public bool IsNotFound => StatusCode == HttpStatusCode.NotFound;

    /// <summary>Nothing can be made in this namespace any more, for it is being deleted (403, from the admission plugin
    /// NamespaceLifecycle).</summary>
    public bool IsNamespaceTerminating => Status.Details?.Causes?.Any(cause => cause.Reason == "NamespaceTerminating") == true;

    /// <summary>The resourceVersion or continue token is too old (410): list again.</summary>
    public bool IsExpired => StatusCode == HttpStatusCode.Gone;
}
