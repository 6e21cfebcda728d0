using Microsoft.Extensions.Logging.Console;

namespace DeviceTwin.Api.Operations;

/// <summary>The log: one line an entry on standard output, with UTC instants.</summary>
public static class ServiceLog
{
    /// <summary>Adds the log.</summary>
    /// <param name="logging">The service's logging.</param>
    /// <param name="level">The least severe level that is logged. At <see cref="LogLevel.Trace"/> everything is, SQL too.</param>
    public static void AddServiceLog(this ILoggingBuilder logging, LogLevel level)
    {
        logging
            .AddConsole(console => console.FormatterName = LogLineFormatter.Title)
            .AddConsoleFormatter<LogLineFormatter, ConsoleFormatterOptions>();
        logging.SetMinimumLevel(level);
        if (level == LogLevel.Trace)
        {
            return;
        }

        // The frameworks tell of their own steps at information; what concerns an operator begins at warning.
        logging.AddFilter("Microsoft", AtLeast(LogLevel.Warning));
        // These throw what they log to our own code, which says it in one line.
        logging.AddFilter("Microsoft.EntityFrameworkCore", AtLeast(LogLevel.Critical));
        logging.AddFilter("Microsoft.Extensions.Hosting", AtLeast(LogLevel.Critical));
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", AtLeast(LogLevel.Critical));

        LogLevel AtLeast(LogLevel least) => level > least ? level : least;
    }
}
