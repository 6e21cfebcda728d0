using DeviceTwin.Api.Twins.Desired;
using DeviceTwin.Data;
using DeviceTwin.Data.SetAside;
using DeviceTwin.Data.Values;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins.Reporting;

/// <summary>Reads twins for their devices.</summary>
/// <param name="store">The store.</param>
/// <param name="faults">Makes reading fail in tests.</param>
public sealed class TwinDocuments(TwinStore store, FaultPoints faults)
{
    /// <inheritdoc cref="ITwinTopics.ReadAsync" />
    public async Task<TwinDocument?> ReadAsync(string deviceId, CancellationToken cancellationToken)
    {
        faults.Reach(WorkerNames.TwinTopics, deviceId);
        await using var context = await store.OpenAsync(cancellationToken);
        var device = await context
            .Devices.AsNoTracking()
            .Include(device => device.Reported)
            .SingleOrDefaultAsync(device => device.DeviceId == deviceId && device.DeletedAt == null, cancellationToken);
        if (device is null)
        {
            return null;
        }

        var desiredVersion = await context
            .DesiredDocuments.Where(document => document.TwinId == device.Id)
            .Select(document => document.Version)
            .SingleOrDefaultAsync(cancellationToken);
        var state = (await TwinStates.ReadAsync(context, [device], cancellationToken))[device.Id];
        return new TwinDocument(
            state.Desired.Properties,
            desiredVersion,
            StoredJson.Read(device.Reported?.Properties ?? "{}"),
            device.Reported?.Version ?? 0,
            Drift.Between(state.Desired, state.Reported)
        );
    }
}
