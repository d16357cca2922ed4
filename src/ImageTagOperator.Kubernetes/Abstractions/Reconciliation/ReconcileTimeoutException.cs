namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>A reconcile exceeded <see cref="OperatorSettings.ReconcileTimeout"/> and was cancelled.</summary>
/// <param name="inner">The exception of the cancellation.</param>
public sealed class ReconcileTimeoutException(TimeSpan timeout, Exception inner)
    : Exception($"It took longer than {timeout.TotalMinutes:0.#} minutes and was ended; it is tried again.", inner);
