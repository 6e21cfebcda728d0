using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DeviceTwin.Api.Hosting;

/// <summary>
/// A clock of whole microseconds, which is the precision of the stores: an instant is the same before and after it is stored.
/// </summary>
/// <param name="inner">The clock whose instants are cut.</param>
public sealed class MicrosecondClock(TimeProvider inner) : TimeProvider
{
    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    /// <inheritdoc />
    public override long TimestampFrequency => inner.TimestampFrequency;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        var now = inner.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <inheritdoc />
    public override long GetTimestamp() => inner.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}

/// <summary>Puts the clock in place.</summary>
public static class MicrosecondClockRegistration
{
    /// <summary>Wraps the clock that is registered, be it a test's.</summary>
    /// <param name="services">The services; the clock is among them as an instance.</param>
    public static void UseMicrosecondClock(this IServiceCollection services)
    {
        var clock = (TimeProvider)
            services.Last(service => service.ServiceType == typeof(TimeProvider)).ImplementationInstance!;
        services.RemoveAll<TimeProvider>().AddSingleton<TimeProvider>(new MicrosecondClock(clock));
    }
}
