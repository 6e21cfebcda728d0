using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Data.Fleet;

/// <summary>Collects what one transaction does to the fleet's counts and writes it as few rows.</summary>
/// <param name="context">The context, in the transaction that moves the counts.</param>
public sealed class FleetLedger(TwinDbContext context)
{
    private readonly Dictionary<(string OrganizationId, string Brand, string Model), FleetCount> counts = [];

    /// <summary>A device came into sight.</summary>
    /// <param name="device">Organization, brand and model.</param>
    /// <param name="connectivity">What it is.</param>
    /// <param name="sync">How far it is.</param>
    public void Add(Device device, Connectivity connectivity, SyncCount sync) => Count(device, connectivity, sync, 1);

    /// <summary>A device went out of sight, or is about to change brand or model.</summary>
    /// <param name="device">Organization, brand and model, as they were counted.</param>
    /// <param name="connectivity">What it is.</param>
    /// <param name="sync">How far it is.</param>
    public void Remove(Device device, Connectivity connectivity, SyncCount sync) =>
        Count(device, connectivity, sync, -1);

    /// <summary>A device's presence changed.</summary>
    /// <param name="device">Organization, brand and model.</param>
    /// <param name="before">What it was.</param>
    /// <param name="after">What it is.</param>
    public void Move(Device device, Connectivity before, Connectivity after)
    {
        var count = Of(device);
        Count(count, before, -1);
        Count(count, after, 1);
    }

    /// <summary>A device in sight came closer to what is desired of it, or went further away.</summary>
    /// <param name="device">Organization, brand and model.</param>
    /// <param name="before">How far it was.</param>
    /// <param name="after">How far it is.</param>
    public void Move(Device device, SyncCount before, SyncCount after)
    {
        if (before != after)
        {
            var count = Of(device);
            Count(count, before, -1);
            Count(count, after, 1);
        }
    }

    /// <summary>Adds the rows to the context.</summary>
    public void Write()
    {
        context.AddRange(counts.Values);
        counts.Clear();
    }

    private void Count(Device device, Connectivity connectivity, SyncCount sync, int number)
    {
        var count = Of(device);
        count.Total += number;
        Count(count, connectivity, number);
        Count(count, sync, number);
    }

    private static void Count(FleetCount count, Connectivity connectivity, int number)
    {
        count.Online += connectivity == Connectivity.Online ? number : 0;
        count.Offline += connectivity == Connectivity.Offline ? number : 0;
        count.NeverSeen += connectivity == Connectivity.NeverSeen ? number : 0;
    }

    private static void Count(FleetCount count, SyncCount sync, int number)
    {
        count.InSync += sync == SyncCount.InSync ? number : 0;
        count.Drifted += sync == SyncCount.Drifted ? number : 0;
    }

    private FleetCount Of(Device device)
    {
        var key = (device.OrganizationId, device.Brand, device.Model);
        if (!counts.TryGetValue(key, out var count))
        {
            count = new FleetCount
            {
                OrganizationId = device.OrganizationId,
                Brand = device.Brand,
                Model = device.Model,
            };
            counts.Add(key, count);
        }

        return count;
    }
}
