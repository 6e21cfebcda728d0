using System.Runtime.CompilerServices;
using DeviceTwin.Api.GraphQL.Devices;
using DeviceTwin.Api.Security;
using DeviceTwin.Data.Changes;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Api.GraphQL.Live;

/// <summary>Reads the devices that changes tell of.</summary>
/// <param name="devices">Looks them up.</param>
public sealed class LiveDevices(DeviceLookups devices)
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
            var found = await caller.DevicesAsync(devices, change.OrganizationId, [change.DeviceId], cancellationToken);
            if (found.SingleOrDefault() is { } device)
            {
                yield return new DeviceNode(device);
            }
        }
    }
}
