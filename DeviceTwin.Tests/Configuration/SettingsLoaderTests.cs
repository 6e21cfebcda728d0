using DeviceTwin.Api.Configuration;
using Microsoft.Extensions.Logging;

namespace DeviceTwin.Tests.Configuration;

public sealed class SettingsLoaderTests : IDisposable
{
    private readonly SettingsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var file = folder.Write("config.yaml", "service.port: 1\nmqtt.port: 1\nlog.level: debug\n");
        folder.Environment["IOTDEVICETWIN_SERVICE_PORT"] = "2";
        folder.Environment["IOTDEVICETWIN_MQTT_PORT"] = "2";

        var loaded = folder.Load("--service.port=3");

        Assert.Equal(
            [
                new SettingOrigin("log.level", "debug", $"{file}, line 3"),
                new SettingOrigin("mqtt.port", "2", "environment variable IOTDEVICETWIN_MQTT_PORT"),
                new SettingOrigin("service.port", "3", "command line, --service.port"),
            ],
            loaded.Origins
        );
        Assert.Equal(3, loaded.Settings.Service.Port);
        Assert.Equal(2, loaded.Settings.Mqtt.Port);
        Assert.Equal(LogLevel.Debug, loaded.Settings.Log.Level);
    }

    [Fact]
    public void A_wrong_value_is_told_even_when_a_later_source_replaces_it()
    {
        folder.Environment["IOTDEVICETWIN_SERVICE_PORT"] = "http";

        Assert.StartsWith(
            "environment variable IOTDEVICETWIN_SERVICE_PORT: ",
            folder.Fault("--service.port=1"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Nothing_given_is_the_defaults_and_they_are_right()
    {
        var loaded = folder.Load();

        Assert.Empty(loaded.Origins);
        Assert.Equal(DatabaseDriver.Sqlite, loaded.Settings.Database.Driver);
    }

    [Fact]
    public void The_demo_is_quiet_and_keeps_its_twins_in_memory_unless_another_driver_is_named()
    {
        var demo = folder.Load("--demo");

        Assert.Equal(DatabaseDriver.Memory, demo.Settings.Database.Driver);
        Assert.Equal(
            [
                new SettingOrigin("database.driver", "memory", "--demo"),
                new SettingOrigin("log.level", "warning", "--demo"),
            ],
            demo.Origins
        );
        Assert.Equal(DatabaseDriver.Sqlite, folder.Load("--demo", "--database.driver=sqlite").Settings.Database.Driver);
    }

    [Fact]
    public void The_start_logs_each_given_value_and_its_origin_and_no_secret()
    {
        folder.Environment["IOTDEVICETWIN_DATABASE_SOURCE"] = "Data Source=x.db;Password=hunter2";
        var logger = new LinesLogger();

        logger.LogOrigins(folder.Load("--action.timeout=900s"));

        Assert.Equal(
            [
                "action.timeout is 15m (command line, --action.timeout)",
                "database.source is *** (environment variable IOTDEVICETWIN_DATABASE_SOURCE)",
            ],
            logger.Lines
        );
    }

    private sealed class LinesLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add(formatter(state, exception));
    }
}
