using System.Net;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The API server rejected a request. The message contains the request, the status code and the server's message.</summary>
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

    /// <summary>The path without the query.</summary>
    public string Path { get; }

    public HttpStatusCode StatusCode { get; }

    public V1Status Status { get; }

    /// <summary>How long the server asked to wait.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The object was changed meanwhile: read it again and retry.</summary>
    public bool IsConflict => StatusCode == HttpStatusCode.Conflict && Status.Reason != "AlreadyExists";

    public bool IsAlreadyExists => StatusCode == HttpStatusCode.Conflict && Status.Reason == "AlreadyExists";

    public bool IsNotFound => StatusCode == HttpStatusCode.NotFound;

    /// <summary>The namespace is being deleted, so nothing can be created in it (403, from the admission plugin
    /// NamespaceLifecycle).</summary>
    public bool IsNamespaceTerminating => Status.Details?.Causes?.Any(cause => cause.Reason == "NamespaceTerminating") == true;

    /// <summary>The resourceVersion or continue token is too old (410): list again.</summary>
    public bool IsExpired => StatusCode == HttpStatusCode.Gone;
}
