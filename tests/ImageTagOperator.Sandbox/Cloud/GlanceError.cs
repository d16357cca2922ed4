namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>An error response of Glance.</summary>
/// <param name="explanation">The sentence that explains the error; null for the standard one of the status.</param>
internal sealed class GlanceError(int status, string? explanation = null) : Exception
{
    public int Status => status;

    public string? Explanation => explanation;

    public override string Message => $"{status} {explanation}";

    public bool HasBody { get; private init; } = true;

    public static GlanceError UnsupportedMediaType(string? type) =>
        new(415, $"The request media type {type} is not supported by this server.\n");

    /// <summary>An error from below the API, with an empty body.</summary>
    public static GlanceError Bare(int status) => new(status) { HasBody = false };
}
