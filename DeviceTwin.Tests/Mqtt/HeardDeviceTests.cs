using DeviceTwin.Api.Mqtt;
using DeviceTwin.Api.Twins;

namespace DeviceTwin.Tests.Mqtt;

public sealed class HeardDeviceTests
{
    private static readonly DateTime Now = new(2026, 11, 23, 9, 30, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_heartbeat_with_an_impossible_clock_does_not_hide_one_beside_it_that_counts(bool impossibleFirst)
    {
        var impossible = new Sighting("c333", "abc", new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc), Now);
        var ahead = new Sighting("c333", "abc", Now.AddMinutes(4), Now);
        var heard = new HeardDevice(impossibleFirst ? impossible : ahead);

        Assert.True(heard.TryMerge(new HeardDevice(impossibleFirst ? ahead : impossible)));

        Assert.Equal(Now.AddMinutes(4), heard.Sighting.HeartbeatToStore);
    }
}
