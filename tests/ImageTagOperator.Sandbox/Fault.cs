namespace ImageTagOperator.Sandbox;

/// <summary>A fault to inject into a call. Faults can be combined: the delay comes first.</summary>
public sealed record Fault
{
    /// <summary>Respond with this status and skip the work.</summary>
    public int? Status { get; init; }

    /// <summary>The response body for <see cref="Status"/>.</summary>
    public string Body { get; init; } = "";

    public string ContentType { get; init; } = "text/plain";

    /// <summary>Extra response headers, such as Retry-After.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Wait until this task completes before anything else.</summary>
    public Task? Until { get; init; }

    /// <summary>Wait this long before anything else. The work is still done, unless <see cref="Status"/> is set and the client has
    /// disconnected.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Do the work, then close the connection before the first byte of the response.</summary>
    public bool ResetAfterWork { get; init; }

    /// <summary>Close the connection without doing the work.</summary>
    public bool ResetBeforeWork { get; init; }

    /// <summary>Do the work, send the full Content-Length and the first half of the body, then close the connection.</summary>
    public bool TruncateBody { get; init; }

    /// <summary>Do the work and send the response body byte by byte, with this pause before each byte.</summary>
    public TimeSpan Drip { get; init; }

    /// <summary>Never respond: keep the connection open until the client gives up.</summary>
    public bool Hang { get; init; }
}
