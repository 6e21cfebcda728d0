using DeviceTwin.Api.Configuration;
using FsCheck.Xunit;
using Microsoft.Extensions.Logging;

namespace DeviceTwin.Tests.Configuration;

public sealed class SettingValueTests : IDisposable
{
    private readonly SettingsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("150s", 150_000)]
    [InlineData("15m", 900_000)]
    [InlineData("12h", 43_200_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    public void A_duration_is_a_number_with_its_unit(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Duration.Parse(text));

    [Theory]
    [InlineData("15")]
    [InlineData("-1s")]
    [InlineData("1.5h")]
    [InlineData("1 h")]
    [InlineData("s")]
    [InlineData("1w")]
    [InlineData("00:15:00")]
    [InlineData("1h30m")]
    [InlineData("99999999999999999999s")]
    [InlineData("9223372036854775807d")]
    public void Anything_else_is_no_duration(string text) => Assert.Null(Duration.Parse(text));

    [Property]
    public bool A_duration_is_read_as_it_is_written(uint milliseconds)
    {
        var duration = TimeSpan.FromMilliseconds(milliseconds);
        return Duration.Parse(Duration.Format(duration)) == duration;
    }

    [Theory]
    [InlineData("service.port=65536", "a whole number from 0 to 65535")]
    [InlineData("service.port=-1", "a whole number from 0 to 65535")]
    [InlineData("service.port=1e3", "a whole number from 0 to 65535")]
    [InlineData("graphql.depth=3000000000", "a whole number from 1 to 2147483647")]
    [InlineData("service.insecure=yes", "true or false")]
    [InlineData("mqtt.tls=1", "true or false")]
    [InlineData("database.driver=mysql", "one of sqlite, memory, postgres")]
    [InlineData("database.driver=1", "one of sqlite, memory, postgres")]
    [InlineData("service.auth.provider=ldap", "one of disabled, token, oidc")]
    [InlineData("log.level=verbose", "one of trace, debug, information, warning, error, critical, none")]
    [InlineData("device.offline.after=0", "a duration from 1s to 3650d, written like 250ms, 150s, 15m, 12h or 7d")]
    [InlineData("action.retention=3651d", "a duration from 1m to 3650d, written like 250ms, 150s, 15m, 12h or 7d")]
    [InlineData("change.poll=9ms", "a duration from 10ms to 1d, written like 250ms, 150s, 15m, 12h or 7d")]
    [InlineData("mqtt.url=a\nb", "one line of text without control characters")]
    public void A_value_beyond_its_type_or_limits_is_told_with_what_is_allowed(string argument, string allowed)
    {
        var (key, value) = (argument.Split('=')[0], argument.Split('=')[1].Replace('\n', ' '));

        Assert.Equal($"command line, --{key}: {key} must be {allowed}, not \"{value}\"", folder.Fault("--" + argument));
    }

    [Fact]
    public void Limits_themselves_are_allowed()
    {
        var settings = folder
            .Load("--service.port=65535", "--change.poll=10ms", "--graphql.timeout=1d", "--mqtt.receive.maximum=1")
            .Settings;

        Assert.Equal(65535, settings.Service.Port);
        Assert.Equal(TimeSpan.FromMilliseconds(10), settings.Change.Poll);
        Assert.Equal(TimeSpan.FromDays(1), settings.GraphQL.Timeout);
        Assert.Equal(1, settings.Mqtt.ReceiveMaximum);
    }

    [Fact]
    public void Case_does_not_count_in_choices()
    {
        var settings = folder
            .Load("--database.driver=MEMORY", "--log.level=Warning", "--service.insecure=True")
            .Settings;

        Assert.Equal(DatabaseDriver.Memory, settings.Database.Driver);
        Assert.Equal(LogLevel.Warning, settings.Log.Level);
        Assert.True(settings.Service.Insecure);
    }

    [Theory]
    [InlineData("service.bind")]
    [InlineData("database.source")]
    [InlineData("mqtt.topic.health")]
    [InlineData("mqtt.client.id.prefix")]
    public void A_required_text_must_not_be_empty(string key) =>
        Assert.Equal(
            $"command line, --{key}: {key} is empty: give it a value, or leave it out for its default",
            folder.Fault($"--{key}= ")
        );

    [Fact]
    public void A_long_value_is_cut_in_its_message() =>
        Assert.InRange(folder.Fault("--service.port=" + new string('x', 100_000)).Length, 1, 200);

    [Fact]
    public void A_secret_is_not_in_the_message_about_it() =>
        Assert.DoesNotContain(
            "hunter2",
            folder.Fault("--database.source=Password=hunter2\n"),
            StringComparison.Ordinal
        );
}
