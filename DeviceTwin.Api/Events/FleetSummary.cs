using DeviceTwin.Data.Fleet;

namespace DeviceTwin.Api.Events;

/// <summary>Counts over one organization's devices in sight.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="Total">All devices.</param>
/// <param name="Online">Those that are heard.</param>
/// <param name="Offline">Those that are not heard any more.</param>
/// <param name="NeverSeen">Those that were never heard.</param>
/// <param name="InSync">Those that are as they should be.</param>
/// <param name="Drifted">Those that are known to differ from what is desired of them.</param>
/// <param name="SyncUnknown">
/// Devices whose sync status is yet to be worked out, after a change of their group or model, or of the groups they are in. Those that the
/// change has not reached still count in inSync or drifted, as they were before it; one that several changes have yet to reach counts here for
/// each of them, up to total.
/// </param>
/// <param name="ActionsPending">Actions that are queued or wait for their answer.</param>
/// <param name="ByModel">The same by brand and model, in that order; models without devices are left out.</param>
/// <param name="HeartbeatsPerSecond">Heartbeats a second, over the last ten seconds, as the process that is asked stored them.</param>
/// <param name="At">When it was read, by our clock (UTC).</param>
public sealed record FleetSummary(
    string OrganizationId,
    int Total,
    int Online,
    int Offline,
    int NeverSeen,
    int InSync,
    int Drifted,
    int SyncUnknown,
    int ActionsPending,
    IReadOnlyList<ModelCount> ByModel,
    double HeartbeatsPerSecond,
    DateTime At
)
{
    /// <summary>Whether another summary of the organization tells the same, whenever it was read.</summary>
    /// <param name="other">The other.</param>
    internal bool TellsTheSameAs(FleetSummary other) =>
        this with { At = other.At, ByModel = other.ByModel } == other && ByModel.SequenceEqual(other.ByModel);
}
