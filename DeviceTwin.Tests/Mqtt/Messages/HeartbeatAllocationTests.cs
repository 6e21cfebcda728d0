using System.Buffers;
using System.Text;
using DeviceTwin.Api.Mqtt.Messages;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.Mqtt.Messages;

public sealed class HeartbeatAllocationTests
{
    private const int Heartbeats = 10_000;

    [Fact]
    public async Task Reading_a_heartbeat_like_an_earlier_one_allocates_nothing()
    {
        var hash = new string('5', 64);
        var json =
            $$"""{"orgId":"canonical","deviceId":"device-1","refresh":"2026-05-06T07:08:09.123456789Z","snapListHash":"{{hash}}","installedSnapsHash":"{{hash}}"}""";
        var payload = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json));
        var read = HeartbeatReader.Read("device-1", payload, DateTime.UnixEpoch);
        Assert.Equal((hash, hash), (read.SnapListHash, read.InstalledSnapsHash));

        // Code that is not compiled to its last form yet boxes what it later does not.
        await Eventually.BecomesTrueAsync(() => BytesOfEach(payload) < 1, "A heartbeat is read without allocating.");
    }

    private static double BytesOfEach(ReadOnlySequence<byte> payload)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var number = 0; number < Heartbeats; number++)
        {
            HeartbeatReader.Read("device-1", payload, DateTime.UnixEpoch);
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Heartbeats;
    }
}
