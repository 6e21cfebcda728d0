using DeviceTwin.Api.Mqtt.Messages;

namespace DeviceTwin.Tests.Mqtt.Messages;

public sealed class GoTimeTests
{
    [Theory]
    [InlineData("2026-11-23T12:00:00Z", "2026-11-23T12:00:00.0000000Z")]
    [InlineData("2026-11-23T12:00:00+05:00", "2026-11-23T07:00:00.0000000Z")]
    [InlineData("2026-11-23T12:00:00.5-23:59", "2026-11-24T11:59:00.5000000Z")]
    [InlineData("2026-11-23T12:00:00.1Z", "2026-11-23T12:00:00.1000000Z")]
    [InlineData("2026-11-23T12:00:00.123456789Z", "2026-11-23T12:00:00.1234560Z")]
    [InlineData("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.0000000Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.0000000Z")]
    public void An_instant_is_read_as_UTC(string text, string expected) =>
        Assert.Equal(
            expected,
            GoTime.Read(text, "t")!.Value.ToString("O", System.Globalization.CultureInfo.InvariantCulture)
        );

    [Fact]
    public void The_year_one_is_not_set() => Assert.Null(GoTime.Read("0001-01-01T00:00:00Z", "t"));

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-11-23")]
    [InlineData("2026-11-23T12:00:00")]
    [InlineData("2026-11-23 12:00:00Z")]
    [InlineData("2026-11-23T12:00:00z")]
    [InlineData("2026-11-23T12:00:00.Z")]
    [InlineData("2026-11-23T12:00:00.1234567890Z")]
    [InlineData("2026-11-23T12:00:00+24:00")]
    [InlineData("2026-11-23T12:00:00+0500")]
    [InlineData("2026-11-23T12:00:00Z ")]
    [InlineData("2026-02-29T12:00:00Z")]
    [InlineData("2026-11-23T24:00:00Z")]
    [InlineData("2026-11-23T12:00:60Z")]
    [InlineData("0001-01-01T00:00:00+05:00")]
    [InlineData("9999-12-31T23:59:59-05:00")]
    [InlineData("10000-01-01T00:00:00Z")]
    [InlineData("２026-11-23T12:00:00Z")]
    public void Anything_else_is_rejected(string text) =>
        Assert.Throws<MalformedMessageException>(() => GoTime.Read(text, "t"));
}
