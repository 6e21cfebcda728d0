using System.Runtime.CompilerServices;
using DeviceTwin.Api.GraphQL.Devices;
using DeviceTwin.Api.Security;
using DeviceTwin.Data;
using DeviceTwin.Data.Changes;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Api.GraphQL.Live;

/// <summary>Reads the devices that changes tell of.</summary>
/// <param name="store">The store.</param>
public sealed class LiveDevices(TwinStore store)
{
    /// <summary>The device of each change; changes of devices that are out of sight by now are left out.</summary>
    /// <param name="caller">Who listens.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<DeviceNode> ReadAsync(
        Caller caller,
        IAsyncEnumerable<TwinChange> changes,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await foreach (var change in changes.WithCancellation(cancellationToken))
        {
            await using var context = await store.OpenAsync(cancellationToken);
            var device = await caller
                .Devices(context, change.OrganizationId)
                .Include(row => row.Heartbeat)
                .SingleOrDefaultAsync(row => row.DeviceId == change.DeviceId, cancellationToken);
            if (device is not null)
            {
                yield return new DeviceNode(device);
            }
        }
    }
}
