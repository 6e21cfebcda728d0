using DeviceTwin.Tests.Infrastructure;
using MQTTnet.Protocol;

namespace DeviceTwin.Tests.Mqtt;

public sealed class MetricsPumpTests
{
    [Fact]
    public async Task Metrics_are_stored_and_show_that_their_device_is_there()
    {
        await using var door = await Door.OpenAsync();
        var device = await door.ConnectDeviceAsync();
        await device.SendAsync("metrics/abc", "memory,device=c333 total=5", MqttQualityOfServiceLevel.AtMostOnce);
        await device.SendAsync("metrics/abc", "nonsense", MqttQualityOfServiceLevel.AtMostOnce);
        await device.SendAsync("metrics/abc", "disk,device=c333 free=5", MqttQualityOfServiceLevel.AtMostOnce);

        await Eventually.BecomesTrueAsync(() => !door.Intake.Metrics.IsEmpty, "they are stored");
        await Eventually.BecomesTrueAsync(() => door.Counters.MessagesRejected == 1, "what is no line is rejected");
        await Eventually.BecomesTrueAsync(() => door.Intake.Stored.Any(), "the device was seen");
        Assert.Equal(5, Assert.Single(door.Intake.Metrics).MemoryTotalBytes);
        var sighting = Assert.Single(door.Intake.Stored);
        Assert.Equal(("c333", "abc", null), (sighting.DeviceId, sighting.OrganizationId, sighting.HeartbeatAt));
    }
}
