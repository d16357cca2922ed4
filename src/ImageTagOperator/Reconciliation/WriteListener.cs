using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>Receives the writes of a command, and can interrupt it.</summary>
/// <param name="Written">Called for each write that the cloud acknowledged.</param>
/// <param name="Stop">Stops after the current write. Completed writes are still verified.</param>
public sealed record WriteListener(Action<ObservedImage, TagStep> Written, CancellationToken Stop);
