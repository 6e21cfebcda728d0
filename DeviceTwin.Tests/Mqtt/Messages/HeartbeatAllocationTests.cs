using System.Buffers;
using System.Text;
using DeviceTwin.Api.Mqtt.Messages;

namespace DeviceTwin.Tests.Mqtt.Messages;

public sealed class HeartbeatAllocationTests
{
    private const int Heartbeats = 10_000;

    [Fact]
    public void Reading_a_heartbeat_like_an_earlier_one_allocates_nothing()
    {
        var hash = new string('5', 64);
        var json =
            $$"""{"orgId":"canonical","deviceId":"device-1","refresh":"2026-05-06T07:08:09.123456789Z","snapListHash":"{{hash}}","installedSnapsHash":"{{hash}}"}""";
        var payload = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json));
        var read = HeartbeatReader.Read("device-1", payload, DateTime.UnixEpoch);
        Assert.Equal((hash, hash), (read.SnapListHash, read.InstalledSnapsHash));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var number = 0; number < Heartbeats; number++)
        {
            HeartbeatReader.Read("device-1", payload, DateTime.UnixEpoch);
        }

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Heartbeats;
        Assert.True(bytes < 1, $"{bytes} bytes a heartbeat");
    }
}
