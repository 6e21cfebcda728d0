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
    public void Add(Device device, Connectivity connectivity) => Count(device, connectivity, 1, 1);

    /// <summary>A device went out of sight, or is about to change brand or model.</summary>
    /// <param name="device">Organization, brand and model, as they were counted.</param>
    /// <param name="connectivity">What it is.</param>
    public void Remove(Device device, Connectivity connectivity) => Count(device, connectivity, -1, -1);

    /// <summary>A device's presence changed.</summary>
    /// <param name="device">Organization, brand and model.</param>
    /// <param name="before">What it was.</param>
    /// <param name="after">What it is.</param>
    public void Move(Device device, Connectivity before, Connectivity after)
    {
        Count(device, before, 0, -1);
        Count(device, after, 0, 1);
    }

    /// <summary>Adds the rows to the context.</summary>
    public void Write()
    {
        context.AddRange(counts.Values);
        counts.Clear();
    }

    private void Count(Device device, Connectivity connectivity, int total, int number)
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

        count.Total += total;
        count.Online += connectivity == Connectivity.Online ? number : 0;
        count.Offline += connectivity == Connectivity.Offline ? number : 0;
        count.NeverSeen += connectivity == Connectivity.NeverSeen ? number : 0;
    }
}
