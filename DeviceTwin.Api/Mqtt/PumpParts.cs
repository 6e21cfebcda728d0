using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Mqtt;

/// <summary>What every message pump uses.</summary>
/// <param name="Settings">Limits.</param>
/// <param name="Failed">Sets messages aside.</param>
/// <param name="Rejections">Counts and logs rejected messages.</param>
/// <param name="Outage">Notes that the store is away, and that it is back.</param>
/// <param name="Progress">Notes that the pump has work, and that it finishes some.</param>
/// <param name="Faults">Where tests make a message fail.</param>
/// <param name="Clock">Paces the tries.</param>
internal sealed record PumpParts(
    Settings Settings,
    FailedMessages Failed,
    RejectionLog Rejections,
    StoreOutage Outage,
    WorkerProgress Progress,
    FaultPoints Faults,
    TimeProvider Clock
);
