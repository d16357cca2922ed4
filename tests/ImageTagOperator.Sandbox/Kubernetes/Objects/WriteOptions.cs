namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The options of a write.</summary>
/// <param name="IsDryRun">Do everything but store the result.</param>
/// <param name="FieldValidation">How to treat unknown fields: Strict rejects them, Warn adds a Warning header, Ignore drops them.</param>
internal sealed record WriteOptions(bool IsDryRun = false, string FieldValidation = "Warn")
{
    public const string Strict = "Strict";

    /// <summary>Texts for Warning headers.</summary>
    public List<string> Warnings { get; } = [];
}
