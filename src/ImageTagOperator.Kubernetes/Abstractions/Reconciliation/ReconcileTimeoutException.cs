namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>A reconcile took longer than <see cref="OperatorSettings.ReconcileTimeout"/> and was ended.</summary>
/// <param name="inner">What it was ended with.</param>
public sealed class ReconcileTimeoutException(TimeSpan timeout, Exception inner)
    : Exception($"It took longer than {timeout.TotalMinutes:0.#} minutes and was ended; it is tried again.", inner);
