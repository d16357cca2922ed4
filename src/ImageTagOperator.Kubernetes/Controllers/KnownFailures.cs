using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>The current failure of each key, so that the log has it once and not once per retry.</summary>
internal sealed class KnownFailures
{
    private readonly ConcurrentDictionary<NamespacedName, Failure> failures = new();

    /// <summary>Records a failure.</summary>
    /// <param name="description">A description that is the same for retries that fail in the same way.</param>
    /// <param name="isLogged">True when the runtime must log the recovery; false when the controller reports its own.</param>
    /// <returns><paramref name="newLevel"/> when the failure is new, else Debug.</returns>
    public LogLevel RecordFailure(NamespacedName key, string description, LogLevel newLevel, bool isLogged = false)
    {
        var before = failures.GetValueOrDefault(key);
        failures[key] = new Failure(description, isLogged);
        return before?.Description == description ? LogLevel.Debug : newLevel;
    }

    /// <summary>Forgets the failure of a key that succeeded or was deleted.</summary>
    /// <returns>Whether there was a failure whose recovery must be logged.</returns>
    public bool Clear(NamespacedName key) => failures.TryRemove(key, out var failure) && failure.IsLogged;

    private sealed record Failure(string Description, bool IsLogged);
}
