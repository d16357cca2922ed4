using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ImageTagOperator.Hosting.Logging;

/// <summary>One line for each entry: time, level, category, scopes, message, exception. Messages hold texts from clouds; what would move a
/// cursor or hide in them is written out.</summary>
internal sealed class TextLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "text";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        textWriter.Write(
            string.Create(CultureInfo.InvariantCulture, $"{now} {Word(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}]"));
        scopeProvider?.ForEachScope(static (scope, writer) => writer.Write($" => {VisibleText.Of(scope?.ToString() ?? "")}"), textWriter);
        textWriter.Write(' ');
        textWriter.Write(OneLine(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        if (logEntry.Exception is { } error) textWriter.Write(" " + OneLine(error.ToString()));
        textWriter.Write('\n');
    }

    private static string OneLine(string text) => VisibleText.Of(text.ReplaceLineEndings(" "));

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
