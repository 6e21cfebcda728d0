using DeviceTwin.Api.Configuration;
using DeviceTwin.Data;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.Twins;

/// <summary>Sees devices go offline: those that could have been heard for long enough, and were not.</summary>
/// <param name="store">The store.</param>
/// <param name="listening">Since when devices can be heard.</param>
/// <param name="settings">How long a device may be silent.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Hears of failures.</param>
public sealed class OfflineSweep(
    TwinStore store,
    Listening listening,
    Settings settings,
    TimeProvider clock,
    ILogger<OfflineSweep> logger
) : RepeatedWork(Pause(settings.Device.OfflineAfter), clock, logger)
{
    private const int Batch = 1_000;
    private readonly TimeProvider clock = clock;

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (listening.Since is not { } since || now - since < settings.Device.OfflineAfter)
        {
            return false;
        }

        var silentSince = now - settings.Device.OfflineAfter;
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            if (!await HeartbeatStatements.AnySilentAsync(context, silentSince, cancellationToken))
            {
                return false;
            }
        }

        return await store.WriteAsync(
            async (context, token) =>
            {
                var gone = await HeartbeatStatements.TakeOfflineAsync(context, silentSince, Batch, token);
                var before = gone.ToDictionary(twinId => twinId, _ => Connectivity.Online);
                await Presence.RecordAsync(context, before, Connectivity.Offline, now, token);
                return gone.Count == Batch;
            },
            cancellationToken
        );
    }

    // Often enough that a transition is late by a tenth, seldom enough that it costs nothing.
    private static TimeSpan Pause(TimeSpan offlineAfter) =>
        TimeSpan.FromSeconds(Math.Clamp(offlineAfter.TotalSeconds / 10, 0.2, 10));
}
