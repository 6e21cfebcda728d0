using System.Text.Json;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Groups;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>What a list of devices costs the store.</summary>
[Collection(nameof(SeededFleets))]
public sealed class DeviceCostTests(SeededFleets fleets, ITestOutputHelper output)
{
    /// <summary>One for the devices, one for each kind of thing that hangs on them, one that counts their actions.</summary>
    private const int Statements = 8;

    private const string List = """
        query($organization: String!, $first: Int, $where: ActionFilterInput) {
          devices(organizationId: $organization, first: $first) {
            nodes {
              deviceId tags connectivity lastHeartbeatAt
              snaps { name services { name } } nats: snap(name: "nats") { version } groups { name }
              operatingSystem { version } metrics { memoryUsedPercent } connectivityHistory(first: 2) { connectivity at }
              actions(first: 1, where: $where) { nodes { actionId status } totalCount pageInfo { hasNextPage } }
            }
          }
        }
        """;

    [Theory]
    [EveryStore]
    public async Task Fifty_devices_with_all_that_hangs_on_them_cost_as_many_statements_as_five(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var organization = await AddCrowdAsync(fleet, kind, 60);

        foreach (var where in new object?[] { null, new { status = new { neq = "QUEUED" } } })
        {
            var (five, ofFive) = await CountAsync(fleet.Host, organization, 5, where);
            var (fifty, ofFifty) = await CountAsync(fleet.Host, organization, 50, where);
            Assert.Equal(5, five.GetArrayLength());
            Assert.Equal(50, fifty.GetArrayLength());
            Assert.Equal((Statements, Statements), (ofFive, ofFifty));
            var device = fifty[7];
            Assert.Equal(2, device.GetProperty("snaps").GetArrayLength());
            Assert.Equal(["everybody"], device.GetProperty("groups").Texts("name"));
            Assert.Equal($"{organization}-0007-3", device.At("actions", "nodes")[0].GetProperty("actionId").GetString());
            Assert.Equal(3, device.At("actions", "totalCount").GetInt32());
            Assert.True(device.At("actions", "pageInfo", "hasNextPage").GetBoolean());
            var history = device.GetProperty("connectivityHistory");
            Assert.Equal(["ONLINE", "OFFLINE"], history.Texts("connectivity"));
            Assert.True(history[0].GetProperty("at").GetDateTime() > history[1].GetProperty("at").GetDateTime());
        }
    }

    private async Task<(JsonElement Devices, int Statements)> CountAsync(
        TwinHost host,
        string organization,
        int first,
        object? where
    )
    {
        host.Commands.Clear();
        var data = await host.QueryAsync(
            List,
            new
            {
                organization,
                first,
                where,
            }
        );
        // Work in the background runs statements, too, but none over these tables in this organization.
        var statements = host.Commands.Statements.Where(IsOfTheList).ToList();
        output.WriteLine($"{first}: {statements.Count} statements");
        if (first == 50)
        {
            output.WriteLine(string.Join("\n---\n", statements));
        }

        return (data.At("devices", "nodes"), statements.Count);
    }

    private static bool IsOfTheList(string sql) => true;

    private static async Task<string> AddCrowdAsync(SeededFleet fleet, StoreKind kind, int count)
    {
        var organization = $"crowd-{kind}";
        var group = new Group
        {
            OrganizationId = organization,
            Name = "everybody",
            CreatedAt = SeededRows.Noon,
        };
        for (var number = 0; number < count; number++)
        {
            var device = SeededRows.Device($"{organization}-{number:0000}", organization);
            device.Snaps.Add(SeededRows.Snap("core20", 1, "latest/stable"));
            device.Snaps.Add(SeededRows.Snap("nats", 1, "latest/stable"));
            device.OperatingSystem = new DeviceOperatingSystem { Version = "2.66" };
            device.Metrics = new DeviceMetrics { MemoryUsedPercent = 50, At = SeededRows.Noon };
            group.Devices.Add(device);
        }

        await fleet.AddAsync(group);
        await fleet.AddAsync(
            group.Devices.SelectMany(device =>
                Enumerable
                    .Range(1, 3)
                    .Select(round => new ConnectivityChange
                    {
                        TwinId = device.Id,
                        Connectivity = round % 2 == 1 ? Connectivity.Online : Connectivity.Offline,
                        At = SeededRows.At(9, round),
                    })
            )
        );
        await fleet.AddAsync(
            group.Devices.SelectMany(device =>
                Enumerable
                    .Range(1, 3)
                    .Select(round =>
                    {
                        var action = SeededRows.Action(
                            $"{device.DeviceId}-{round}",
                            device.DeviceId,
                            ActionKind.List,
                            ActionStatus.Completed
                        );
                        action.OrganizationId = organization;
                        return action;
                    })
            )
        );
        return organization;
    }
}
