using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;

namespace DeviceTwin.Data.Fleet;

/// <summary>
/// An entry in the ledger of fleet counts. Every transaction that moves a count adds rows, so that none waits for
/// another; the sums are the truth, and a background pass folds many rows into one for each model.
/// </summary>
public sealed class FleetCount
{
    /// <summary>The row's own id.</summary>
    public long Id { get; set; }

    /// <summary>The organization that is counted.</summary>
    public required string OrganizationId { get; set; }

    /// <summary>The brand that is counted.</summary>
    public required string Brand { get; set; }

    /// <summary>The model that is counted.</summary>
    public required string Model { get; set; }

    /// <summary>By how many the devices in sight grew (or shrank).</summary>
    public int Total { get; set; }

    /// <summary>The same of those <see cref="Connectivity.Online"/>.</summary>
    public int Online { get; set; }

    /// <summary>The same of those <see cref="Connectivity.Offline"/>.</summary>
    public int Offline { get; set; }

    /// <summary>The same of those <see cref="Connectivity.NeverSeen"/>.</summary>
    public int NeverSeen { get; set; }

    /// <summary>The same of those that are in sync with what is desired of them.</summary>
    public int InSync { get; set; }

    /// <summary>The same of those that are known to differ from it. (Marked devices, see <see cref="DeviceSync"/>, are in neither.)</summary>
    public int Drifted { get; set; }
}
