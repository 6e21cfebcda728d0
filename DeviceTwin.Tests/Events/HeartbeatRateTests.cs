using System.Globalization;
using DeviceTwin.Api.Events;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.Events;

public sealed class HeartbeatRateTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void The_rate_is_that_of_the_last_ten_seconds()
    {
        var rate = new HeartbeatRate(clock);
        for (var second = 0; second < 20; second++)
        {
            rate.Count("acme", 30);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        // Nine of them fell into the ten seconds until now.
        Assert.Equal(27, rate.PerSecond("acme"), 0.001);
        Assert.Equal(0, rate.PerSecond("other"));

        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(15, rate.PerSecond("acme"), 0.001);
        clock.Advance(TimeSpan.FromDays(400));
        Assert.Equal(0, rate.PerSecond("acme"));
    }

    [Fact]
    public void Organizations_that_fell_silent_take_no_memory()
    {
        var rate = new HeartbeatRate(clock);
        for (var number = 0; number < 1_000; number++)
        {
            rate.Count(number.ToString(CultureInfo.InvariantCulture), 1);
        }

        Assert.Equal(1_000, rate.Organizations);
        clock.Advance(TimeSpan.FromSeconds(11));
        rate.Count("acme", 1);

        Assert.Equal(1, rate.Organizations);
    }
}
