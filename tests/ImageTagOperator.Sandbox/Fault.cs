namespace ImageTagOperator.Sandbox;

/// <summary>What goes wrong with a call. Combine at will: a delay comes first, then the rest.</summary>
public sealed record Fault
{
    /// <summary>Answer with this status instead of doing the work.</summary>
    public int? Status { get; init; }

    /// <summary>The body that goes with <see cref="Status"/>.</summary>
    public string Body { get; init; } = "";

    public string ContentType { get; init; } = "text/plain";

    /// <summary>Extra headers of the answer, such as Retry-After.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Wait for this to end before anything else.</summary>
    public Task? Until { get; init; }

    /// <summary>Wait this long before anything else. The work is still done, unless the client went away and <see cref="Status"/> is
    /// set.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Do the work, then cut the connection before the first byte of the answer.</summary>
    public bool ResetAfterWork { get; init; }

    /// <summary>Cut the connection without doing the work.</summary>
    public bool ResetBeforeWork { get; init; }

    /// <summary>Do the work, announce the whole length, send the first half of the body and cut the connection.</summary>
    public bool TruncateBody { get; init; }

    /// <summary>Do the work and send the answer's body byte by byte, with this pause before each.</summary>
    public TimeSpan Drip { get; init; }

    /// <summary>Never answer: hold the connection until the client gives up.</summary>
    public bool Hang { get; init; }
}
