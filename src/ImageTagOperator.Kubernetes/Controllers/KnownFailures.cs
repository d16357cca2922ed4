using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>The failure that each key has at present, so that the log has it once and not once per retry.</summary>
internal sealed class KnownFailures
{
    private readonly ConcurrentDictionary<NamespacedName, Failure> failures = new();

    /// <summary>Notes a failure.</summary>
    /// <param name="what">The same for a retry that fails in the same way.</param>
    /// <param name="isLogged">Its end has to be logged here; false when the controller reports its own recoveries.</param>
    /// <returns><paramref name="first"/> when the failure is new, else Debug.</returns>
    public LogLevel LevelOf(NamespacedName key, string what, LogLevel first, bool isLogged = false)
    {
        var before = failures.GetValueOrDefault(key);
        failures[key] = new Failure(what, isLogged);
        return before?.What == what ? LogLevel.Debug : first;
    }

    /// <summary>The key succeeded, or is gone.</summary>
    /// <returns>There was a failure, and its end has to be logged.</returns>
    public bool End(NamespacedName key) => failures.TryRemove(key, out var failure) && failure.IsLogged;

    private sealed record Failure(string What, bool IsLogged);
}
