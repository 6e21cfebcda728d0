using DeviceTwin.Bench.Cases;

namespace DeviceTwin.Bench;

/// <summary>What is measured, in this order. A new case is a class in <c>Cases/</c> and a line here.</summary>
internal static class AllCases
{
    /// <summary>The cases.</summary>
    /// <param name="size">How much they send.</param>
    public static IEnumerable<IBenchCase> Of(BurstSize size) => [new HeartbeatBurst(size)];
}
