using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ImageTagOperator.Hosting.Logging;

/// <summary>Writes one line per entry: time, level, category, scopes, message, exception. On a terminal the category is short and the
/// scopes come last. Messages can contain text from clouds, so control and invisible characters are escaped.</summary>
internal sealed class TextLogFormatter(TimeProvider time, TextLogStyle style) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "text";

    /// <summary>The width of the short category. A longer one only shifts its own line.</summary>
    private const int Column = 16;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (style != TextLogStyle.Plain)
        {
            WriteAligned(logEntry, scopeProvider, textWriter);
            return;
        }

        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        textWriter.Write(
            string.Create(CultureInfo.InvariantCulture, $"{now} {Word(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}]"));
        scopeProvider?.ForEachScope(static (scope, writer) => writer.Write($" => {VisibleText.Of(scope?.ToString() ?? "")}"), textWriter);
        textWriter.Write(' ');
        textWriter.Write(OneLine(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        if (logEntry.Exception is { } error) textWriter.Write(" " + OneLine(error.ToString()));
        textWriter.Write('\n');
    }

    private void WriteAligned<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter writer)
    {
        var now = time.GetUtcNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        writer.Write($"{Paint("2", now)} {Paint(Colour(entry.LogLevel), Word(entry.LogLevel))} ");
        writer.Write($"{Paint("2", Short(entry.Category).PadRight(Column))} {OneLine(entry.Formatter(entry.State, entry.Exception))}");
        if (entry.Exception is { } error) writer.Write(" " + OneLine(error.ToString()));
        scopes?.ForEachScope(
            (scope, target) => target.Write(" " + Paint("2", $"=> {VisibleText.Of(scope?.ToString() ?? "")}")), writer);
        writer.Write('\n');
    }

    private string Paint(string code, string text) => style == TextLogStyle.Coloured ? $"\e[{code}m{text}\e[0m" : text;

    /// <summary>The last part of the category, without type arguments.</summary>
    private static string Short(string category)
    {
        var plain = category.Split('<', '`', '[')[0];
        return plain[(plain.LastIndexOf('.') + 1)..];
    }

    private static string Colour(LogLevel level) => level switch
    {
        LogLevel.Information => "32",
        LogLevel.Warning => "33",
        LogLevel.Error or LogLevel.Critical => "31",
        _ => "2",
    };

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
