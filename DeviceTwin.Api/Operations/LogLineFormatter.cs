using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace DeviceTwin.Api.Operations;

/// <summary>
/// Writes an entry as one line: instant in UTC, level, part, message, exception. Whatever the message holds, it stays one line: devices
/// cannot forge entries. (The framework's own line formatter adds a number to each that says nothing.)
/// </summary>
/// <param name="clock">Gives the instant.</param>
internal sealed class LogLineFormatter(TimeProvider clock) : ConsoleFormatter(Title)
{
    /// <summary>The name under which it is chosen.</summary>
    public const string Title = "line";

    /// <inheritdoc/>
    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var text = logEntry.Exception is { } exception ? $"{message} {exception}" : message;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Word(logEntry.LogLevel)} {logEntry.Category}: {text.ReplaceLineEndings(" ")}"
        );
        textWriter.WriteLine(line);
    }

    // Of one width, so that the eye finds the column.
    private static string Word(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            LogLevel.Error => "error",
            _ => "fatal",
        };
}
