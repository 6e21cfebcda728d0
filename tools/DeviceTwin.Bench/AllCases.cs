using DeviceTwin.Bench.Cases;

namespace DeviceTwin.Bench;

/// <summary>What is measured, in this order. A new case is a class in <c>Cases/</c> and a line here.</summary>
internal static class AllCases
{
    /// <summary>The cases.</summary>
    /// <param name="isQuick">Whether they are small, to see that all works.</param>
    public static IReadOnlyList<IBenchCase> Of(bool isQuick) =>
        [
            new HeartbeatBurst("heartbeats-1000", isQuick ? new(5_000, 100) : new(200_000, 1_000)),
            new HeartbeatBurst("heartbeats-10000", isQuick ? new(5_000, 1_000) : new(200_000, 10_000)),
            new PacedHeartbeats(isQuick ? 2_000 : 20_000, TimeSpan.FromSeconds(isQuick ? 3 : 60)),
            new SqliteHeartbeats(isQuick ? new(2_000, 100) : new(50_000, 1_000)),
            new QuietLag(TimeSpan.FromSeconds(isQuick ? 2 : 15)),
            new UnknownDevices(isQuick ? 100 : 10_000),
            new SnapLists(isQuick ? 100 : 10_000),
            new OrganizationFanOut(isQuick ? 20 : 1_000, TimeSpan.FromSeconds(isQuick ? 2 : 10)),
            new DeviceFanOut(isQuick ? 100 : 10_000, TimeSpan.FromSeconds(isQuick ? 2 : 10)),
            new ChangeFanOut(isQuick ? 20 : 1_000, TimeSpan.FromSeconds(isQuick ? 2 : 10)),
            new DeviceLists(isQuick ? 2_000 : 100_000, TimeSpan.FromSeconds(isQuick ? 0.5 : 5)),
            new DeviceById(isQuick ? 1_000 : 100_000, TimeSpan.FromSeconds(isQuick ? 0.5 : 5)),
            new FleetCounts(isQuick ? 2_000 : 1_000_000, TimeSpan.FromSeconds(isQuick ? 0.5 : 3)),
            new Footprint(isQuick ? 1_000 : 100_000),
        ];
}
