using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Fleet;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.Twins;

/// <summary>Writes down that devices came online or went offline.</summary>
public static class Presence
{
    /// <summary>Adds the transitions to the history, the change log and the fleet's counts.</summary>
    /// <param name="context">The context, in the transaction that moves the devices' presence.</param>
    /// <param name="before">The devices that moved, each with what it was.</param>
    /// <param name="connectivity">What they became.</param>
    /// <param name="at">When (UTC).</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task RecordAsync(
        TwinDbContext context,
        IReadOnlyDictionary<long, Connectivity> before,
        Connectivity connectivity,
        DateTime at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(before);
        if (before.Count == 0)
        {
            return;
        }

        var twinIds = before.Keys.ToArray();
        var devices = await context
            .Devices.AsNoTracking()
            .Where(device => twinIds.Contains(device.Id))
            .ToListAsync(cancellationToken);
        var ledger = new FleetLedger(context);
        foreach (var device in devices)
        {
            context.Add(
                new ConnectivityChange
                {
                    TwinId = device.Id,
                    Connectivity = connectivity,
                    At = at,
                }
            );
            context.Add(
                new TwinChange
                {
                    OrganizationId = device.OrganizationId,
                    DeviceId = device.DeviceId,
                    Kinds = ChangeKinds.Connectivity,
                    At = at,
                    By = TwinChange.ByService,
                }
            );
            ledger.Move(device, before[device.Id], connectivity);
        }

        ledger.Write();
    }
}
