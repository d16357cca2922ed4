using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Tests.Faults;

/// <summary>Counts the calls that a reconcile makes to the world around it, and lets one of them throw.</summary>
/// <param name="at">Which one, from 1 on.</param>
internal sealed class Saboteur(int at) : ILoggerProvider, ILogger
{
    private readonly Lock gate = new();
    private readonly List<(string Set, string Ready)> statuses = [];
    private readonly List<string> events = [];
    private readonly HashSet<string> lines = [];
    private readonly ConcurrentQueue<Exception> exceptions = [];
    private int calls;
    private bool isEnded;

    /// <summary>How many calls there were.</summary>
    public int Calls => calls;

    /// <summary>Calls for the time are left alone.</summary>
    public bool SparesTheClock { get; init; }

    /// <summary>What was struck; null as long as nothing was.</summary>
    public string? Struck { get; private set; }

    /// <summary>Status, reason and message of Ready in each status that was written after the strike.</summary>
    public IReadOnlyList<(string Set, string Ready)> StatusesAfter => Taken(statuses);

    /// <summary>Type and reason of each Event after the strike.</summary>
    public IReadOnlyList<string> EventsAfter => Taken(events);

    /// <summary>What was thrown, and what the operator logged of it.</summary>
    public IReadOnlyCollection<Exception> Exceptions => exceptions;

    /// <summary>What was struck has recovered. Where nothing was struck yet, nothing will be.</summary>
    public bool IsOver()
    {
        lock (gate)
        {
            isEnded = Struck is null;
            return isEnded || events.Contains("Normal Recovered");
        }
    }

    public void Call(string what)
    {
        lock (gate)
        {
            if (isEnded || ++calls != at) return;
            Struck = what;
            var unforeseen = new UnforeseenException();
            exceptions.Enqueue(unforeseen);
            throw unforeseen;
        }
    }

    /// <summary>As <see cref="Call"/>, but a statement's first call only.</summary>
    public void CallOnce(string what, string line)
    {
        lock (gate)
        {
            if (lines.Add(line)) Call(what);
        }
    }

    public void NoteStatus(string set, string ready) => Note(statuses, (set, ready));

    public void NoteEvent(string told) => Note(events, told);

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null) exceptions.Enqueue(exception);
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }

    private void Note<T>(List<T> list, T item)
    {
        lock (gate)
        {
            if (Struck is not null) list.Add(item);
        }
    }

    private T[] Taken<T>(List<T> list)
    {
        lock (gate) return [.. list];
    }
}
