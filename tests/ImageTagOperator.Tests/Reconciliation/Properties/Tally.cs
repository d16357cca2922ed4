namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>Requests, by what they do.</summary>
/// <param name="Secrets">GET of the Secret.</param>
/// <param name="Logins">POST for a token.</param>
/// <param name="Reads">GET of images.</param>
/// <param name="Statuses">PUT of a set's status.</param>
/// <param name="Finalizers">PATCH of a set's finalizers.</param>
internal sealed record Tally(int Secrets, int Logins, int Reads, int Puts, int Deletes, int Statuses, int Finalizers)
{
    public static Tally Of(IReadOnlyList<ModelCall> calls, ModelKubernetes kubernetes) => new(
        kubernetes.SecretReads,
        calls.Count(call => call.Method == "POST"),
        calls.Count(call => call.Method == "GET"),
        calls.Count(call => call.Method == "PUT"),
        calls.Count(call => call.Method == "DELETE"),
        kubernetes.StatusWrites,
        kubernetes.Writes.Count - kubernetes.StatusWrites);

    public Tally Since(Tally before) => new(
        Secrets - before.Secrets,
        Logins - before.Logins,
        Reads - before.Reads,
        Puts - before.Puts,
        Deletes - before.Deletes,
        Statuses - before.Statuses,
        Finalizers - before.Finalizers);
}
