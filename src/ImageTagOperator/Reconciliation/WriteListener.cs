using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>Follows the writes of a command.</summary>
/// <param name="Written">Called for each write that the cloud acknowledged.</param>
/// <param name="Stop">Asks for an end between two writes; what was written until then is still verified.</param>
public sealed record WriteListener(Action<ObservedImage, TagStep> Written, CancellationToken Stop);
