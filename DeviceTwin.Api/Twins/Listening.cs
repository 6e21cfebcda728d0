namespace DeviceTwin.Api.Twins;

/// <summary>Whether, and since when, devices can be heard: a device that we could not hear is not offline because of that.</summary>
/// <param name="clock">Gives the instants.</param>
public sealed class Listening(TimeProvider clock)
{
    private long sinceTicks;

    /// <summary>Since when the service hears devices without a gap (UTC); null while it does not.</summary>
    public DateTime? Since =>
        Interlocked.Read(ref sinceTicks) is var ticks and not 0 ? new DateTime(ticks, DateTimeKind.Utc) : null;

    /// <summary>The subscriptions stand, or storing goes on after a pause: hearing begins anew.</summary>
    public void Begin() => Interlocked.Exchange(ref sinceTicks, clock.GetUtcNow().UtcTicks);

    /// <summary>The broker is away.</summary>
    public void End() => Interlocked.Exchange(ref sinceTicks, 0);
}
