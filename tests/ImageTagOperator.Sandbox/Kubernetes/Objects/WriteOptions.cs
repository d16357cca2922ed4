namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>How a write is to be done.</summary>
/// <param name="IsDryRun">Do everything but the write.</param>
/// <param name="FieldValidation">What to do about unknown fields: Strict refuses, Warn says so in a header, Ignore is silent.</param>
internal sealed record WriteOptions(bool IsDryRun = false, string FieldValidation = "Warn")
{
    public const string Strict = "Strict";

    /// <summary>Texts for Warning headers.</summary>
    public List<string> Warnings { get; } = [];
}
