using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>Records log entries.</summary>
internal sealed class RecordingLogger : ILoggerProvider, ILoggerFactory, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Message)> Entries { get; } = new();

    public IEnumerable<string> At(LogLevel level) => Entries.Where(entry => entry.Level == level).Select(entry => entry.Message);

    public bool Has(string part) => Entries.Any(entry => entry.Message.Contains(part, StringComparison.Ordinal));

    public ILogger<T> For<T>() => LoggerFactoryExtensions.CreateLogger<T>(this);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, formatter(state, exception) + (exception is null ? "" : " " + exception)));

    public void Dispose()
    {
    }
}
