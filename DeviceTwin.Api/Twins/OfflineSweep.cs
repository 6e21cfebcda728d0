using DeviceTwin.Api.Configuration;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.SetAside;

namespace DeviceTwin.Api.Twins;

/// <summary>Sees devices go offline: those that could have been heard for long enough, and were not.</summary>
/// <param name="store">The store.</param>
/// <param name="listening">Since when devices can be heard.</param>
/// <param name="settings">How long a device may be silent.</param>
/// <param name="workers">Isolate devices that cannot be taken offline.</param>
/// <param name="clock">Our clock.</param>
/// <param name="logger">Takes failures.</param>
public sealed class OfflineSweep(
    TwinStore store,
    Listening listening,
    Settings settings,
    Workers workers,
    TimeProvider clock,
    ILogger<OfflineSweep> logger
)
    : RepeatedWork(
        WorkerNames.Presence,
        Pause(settings.Device.OfflineAfter),
        workers.Progress,
        StoreFault.Outage,
        clock,
        logger
    )
{
    private const int Batch = 1_000;
    private readonly TimeProvider clock = clock;
    private readonly WorkerItems items = workers.Of(WorkerNames.Presence);

    /// <inheritdoc />
    public override async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (listening.Since is not { } since || now - since < settings.Device.OfflineAfter)
        {
            return false;
        }

        var excluded = await items.ExcludedAsync(cancellationToken);
        if (excluded.SetAside.Count > 0)
        {
            await store.WriteAsync(SetAsideReleases.ReleaseHeardAsync, cancellationToken);
        }

        var silentSince = now - settings.Device.OfflineAfter;
        List<SilentDevice> silent;
        await using (var context = await store.OpenAsync(cancellationToken))
        {
            silent = await HeartbeatStatements.SilentAsync(
                context,
                silentSince,
                Batch,
                excluded.Ids(),
                cancellationToken
            );
        }

        var gone = 0;
        await items.HandleAsync(
            silent,
            device => new FailedItem(SetAsideItem.KeyOf(device.TwinId), device.OrganizationId, device.DeviceId),
            async (some, token) =>
                gone += await store.WriteAsync(
                    (context, write) => TakeOfflineAsync(context, some, silentSince, now, write),
                    token
                ),
            cancellationToken
        );
        return gone > 0 && silent.Count == Batch;
    }

    private async Task<int> TakeOfflineAsync(
        TwinDbContext context,
        IReadOnlyList<SilentDevice> silent,
        DateTime silentSince,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        foreach (var device in silent)
        {
            items.Reach(device.DeviceId);
        }

        long[] twinIds = [.. silent.Select(device => device.TwinId)];
        var gone = await HeartbeatStatements.TakeOfflineAsync(context, twinIds, silentSince, cancellationToken);
        var before = gone.ToDictionary(twinId => twinId, _ => Connectivity.Online);
        await Presence.RecordAsync(context, before, Connectivity.Offline, now, cancellationToken);
        return gone.Count;
    }

    // Often enough that a transition is late by a tenth, seldom enough that it costs nothing.
    private static TimeSpan Pause(TimeSpan offlineAfter) =>
        TimeSpan.FromSeconds(Math.Clamp(offlineAfter.TotalSeconds / 10, 0.2, 10));
}
