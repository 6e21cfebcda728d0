using DeviceTwin.Api.Operations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Operations;

public sealed class LogLineFormatterTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 23, 9, 30, 0, 123, TimeSpan.Zero));

    [Fact]
    public void An_entry_is_one_line_with_instant_level_and_part() =>
        Assert.Equal(
            "2026-11-23T09:30:00.123Z warn  Mqtt: Lost the broker" + Environment.NewLine,
            Write(LogLevel.Warning, "Lost the broker")
        );

    [Fact]
    public void Text_of_a_device_cannot_forge_an_entry() =>
        Assert.Equal(
            "2026-11-23T09:30:00.123Z info  Mqtt: rejected a 2026-11-23 info  Mqtt: all is well" + Environment.NewLine,
            Write(LogLevel.Information, "rejected a\n2026-11-23 info  Mqtt: all\r\nis well")
        );

    [Fact]
    public void An_exception_is_on_the_same_line() =>
        Assert.Equal(
            "2026-11-23T09:30:00.123Z error Mqtt: Failed System.InvalidOperationException: Why" + Environment.NewLine,
            Write(LogLevel.Error, "Failed", new InvalidOperationException("Why"))
        );

    private string Write(LogLevel level, string message, Exception? exception = null)
    {
        using var writer = new StringWriter();
        var entry = new LogEntry<string>(level, "Mqtt", default, message, exception, (text, _) => text);
        new LogLineFormatter(clock).Write(entry, scopeProvider: null, writer);
        return writer.ToString();
    }
}
