using System.Text.Json;
using DeviceTwin.Simulator;
using DeviceTwin.Tests.Infrastructure;
using Snapshooter.Xunit;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Desired;

/// <summary>Desired state becomes true on a device of today's agents, and who listens is told each step.</summary>
public sealed class DesiredLiveTests(ITestOutputHelper output)
{
    private const string State = "syncStatus drift { path desired reported }";

    [Theory]
    [EveryStore]
    public async Task A_device_comes_from_drifted_to_in_sync_with_each_change_told(StoreKind kind)
    {
        await using var host = await StartAsync(kind);
        await using var stream = await host.SubscribeAsync(
            $$"""
            subscription { deviceChanged(organizationId: "demo") { kinds by device { {{State}} } } }
            """
        );
        await host.RunAsync(
            "setGroupDesiredState",
            """
            name: "berlin", snaps: [
              {name: "nats", channel: "2.10/candidate", config: {port: 4333}}
              {name: "mosquitto", services: [{name: "mosquitto", active: true}]}
              {name: "network-manager", presence: ABSENT}
            ]
            """
        );

        List<JsonElement> told = [];
        do
        {
            told.Add((await stream.NextAsync()).GetProperty("deviceChanged"));
        } while (!IsTheLast(told[^1]));

        var result = await host.QueryAsync(
            $$"""
            {
              device(organizationId: "demo", deviceId: "gateway") { desired { {{DesiredDoor.Snaps}} } {{State}} }
              organization(id: "demo") { fleet { total inSync drifted syncUnknown } }
              actions(organizationId: "demo", where: {kind: {nin: [LIST, DEVICE, SERVER]} }) {
                nodes { kind snap data status requestedBy }
              }
            }
            """
        );
        // How often an action moves is left out: a device may answer before the broker has acknowledged what it answers.
        var (actionsMoved, twinMoved) = (
            told.Where(change => Kinds(change) == "ACTION").Select(change => change.GetProperty("by").GetString()),
            // What committed just before the subscription may be told, too.
            told.Where(change => Kinds(change) != "ACTION").SkipWhile(change => Kinds(change) != "DESIRED")
        );
        var actionsMovedBy = actionsMoved.Distinct().Order(StringComparer.Ordinal);
        // One snapshot for both: every store gives the same answer.
        Snapshot.Match(
            DesiredDoor.Shown(
                new
                {
                    twinMoved,
                    actionsMovedBy,
                    result,
                }
            ),
            "A_device_comes_from_drifted_to_in_sync"
        );
    }

    private async Task<TwinHost> StartAsync(StoreKind kind)
    {
        var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions
            {
                Store = kind,
                Configure = settings =>
                {
                    // Long enough to read what is told of a list before the next one moves the drift.
                    settings.Action.ListDelay = TimeSpan.FromSeconds(1);
                    settings.Desired.Backoff = TimeSpan.FromMilliseconds(100);
                },
            }
        );
        // Every gateway has mosquitto and network-manager, and no nats.
        await host.ConnectDeviceAsync(
            "gateway",
            new SimulatorOptions
            {
                Interval = TimeSpan.FromMinutes(1),
                OlderAgentShare = 0,
                SnapdDelay = TimeSpan.Zero,
            }
        );
        await host.KnowsSnapsOfAsync("gateway");
        await host.GroupAsync("berlin", "gateway");
        await host.RunAsync("stopSnap", "deviceId: \"gateway\", snap: \"mosquitto\"");
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                var data = await host.QueryAsync(
                    """
                    {
                      device(organizationId: "demo", deviceId: "gateway") {
                        syncStatus snap(name: "mosquitto") { services { active } }
                      }
                    }
                    """
                );
                var device = data.GetProperty("device");
                return device.GetProperty("syncStatus").GetString() == "IN_SYNC"
                    && !device.At("snap", "services")[0].GetProperty("active").GetBoolean();
            },
            "mosquitto has stopped, as nobody desires otherwise"
        );
        return host;
    }

    private static bool IsTheLast(JsonElement change) =>
        change.At("device", "syncStatus").GetString() == "IN_SYNC"
        && Kinds(change).Contains("DESIRED", StringComparison.Ordinal);

    private static string Kinds(JsonElement change) => string.Join(' ', change.GetProperty("kinds").EnumerateArray());
}
