using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.Infrastructure;

/// <summary>Keeps a service's log, and writes it to the test's output.</summary>
/// <param name="output">The test's output; null for none.</param>
public sealed class TwinHostLog(ITestOutputHelper? output) : ILoggerProvider
{
    private readonly ConcurrentQueue<string> lines = new();
    private readonly Lock turn = new();
    private bool ended;

    /// <summary>Everything so far: level, category, message.</summary>
    public IReadOnlyCollection<string> Lines => lines;

    /// <summary>Whether a line holds this text.</summary>
    /// <param name="text">The text.</param>
    public bool Contains(string text) => lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>Writes no more: xunit refuses output of a test that has ended.</summary>
    public void Dispose()
    {
        lock (turn)
        {
            ended = true;
        }
    }

    private void Write(string line)
    {
        lines.Enqueue(line);
        lock (turn)
        {
            if (!ended)
            {
                output?.WriteLine(line);
            }
        }
    }

    private sealed class Logger(TwinHostLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => log.Write($"{logLevel} {category}: {formatter(state, exception)} {exception}".TrimEnd());
    }
}
