using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Actions;

/// <summary>actionChanged: each status of an action, however fast it moves.</summary>
public sealed class ActionSubscriptionTests(ITestOutputHelper output)
{
    private const string Changed = """
        subscription($device: String, $action: String) {
          actionChanged(organizationId: "demo", deviceId: $device, actionId: $action) {
            actionId deviceId kind status message sentAt confirmedAt device { deviceId }
          }
        }
        """;

    [Theory]
    [EveryStore]
    public async Task An_action_is_told_as_queued_then_sent_then_completed(StoreKind kind)
    {
        await using var host = await LiveHost.StartAsync(output, kind);
        await host.ConnectDeviceAsync("s1", LiveHost.Busy);
        await host.KnowsSnapsOfAsync("s1");
        await using var ofDevice = await host.SubscribeAsync(Changed, new { device = "s1" });
        await using var ofOther = await host.SubscribeAsync(Changed, new { device = "s2" });
        await host.AddDevicesAsync("s2");

        await host.RunAsync("installSnap", "deviceId: \"s1\", snap: \"hello-world\"");
        await host.RunAsync("requestSnapList", "deviceId: \"s2\"");

        List<JsonElement> told = [];
        while (told.Count < 3)
        {
            var action = (await ofDevice.NextAsync()).GetProperty("actionChanged");
            Assert.Equal("s1", action.At("device", "deviceId").GetString());
            if (action.GetProperty("kind").GetString() == "INSTALL")
            {
                told.Add(action);
            }
        }

        Assert.Equal(["QUEUED", "SENT", "COMPLETED"], told.Select(action => action.GetProperty("status").GetString()));
        Assert.Equal(
            [true, false, false],
            told.Select(action => action.GetProperty("sentAt").ValueKind == JsonValueKind.Null)
        );
        Assert.Equal(
            [true, true, false],
            told.Select(action => action.GetProperty("message").ValueKind == JsonValueKind.Null)
        );
        var other = (await ofOther.NextAsync()).GetProperty("actionChanged");
        Assert.Equal(
            "s2 LIST QUEUED",
            string.Join(' ', new[] { "deviceId", "kind", "status" }.Select(name => other.GetProperty(name).GetString()))
        );
    }

    [Fact]
    public async Task One_action_can_be_followed_to_its_end()
    {
        await using var host = await LiveHost.StartAsync(output);
        await host.AddDevicesAsync("s1");
        var data = await host.QueryAsync(
            """mutation { requestSnapList(input: {organizationId: "demo", deviceId: "s1"}) { action { actionId } } }"""
        );
        var action = data.At("requestSnapList", "action", "actionId").GetString();
        await using var stream = await host.SubscribeAsync(Changed, new { action });
        await host.RunAsync("requestDeviceInfo", "deviceId: \"s1\"");
        await host.RunAsync("cancelAction", $"actionId: \"{action}\"");

        var told = (await stream.NextAsync()).GetProperty("actionChanged");
        Assert.Equal(
            (action, "CANCELLED"),
            (told.GetProperty("actionId").GetString(), told.GetProperty("status").GetString())
        );
    }
}
