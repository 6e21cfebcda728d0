using System.Text.Json;
using System.Text.RegularExpressions;
using DeviceTwin.Data.Actions;
using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;
using Group = DeviceTwin.Data.Groups.Group;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>What a list of devices costs the store.</summary>
[Collection(nameof(SeededFleets))]
public sealed partial class DeviceCostTests(SeededFleets fleets, ITestOutputHelper output)
{
    /// <summary>One for the devices, one for each kind of thing that hangs on them (two for snaps: with services and without), one that counts their actions, four that compare desired and reported.</summary>
    private const int Statements = 16;

    private const string List = """
        query($organization: String!, $first: Int, $where: ActionFilterInput) {
          devices(organizationId: $organization, first: $first) {
            nodes {
              deviceId tags connectivity lastHeartbeatAt
              snaps { name services { name } } nats: snap(name: "nats") { version } groups { name }
              operatingSystem { version } metrics { memoryUsedPercent } connectivityHistory(first: 2) { connectivity at }
              reported { version } desired { properties snaps { name } version } drift { path } syncStatus syncReason
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
            Assert.Equal(2, device.At("desired", "version").GetInt32());
            Assert.Equal(
                ["properties.a", "snaps.nats.channel", "snaps.redis.presence"],
                device.GetProperty("drift").Texts("path")
            );
            Assert.Equal(["everybody"], device.GetProperty("groups").Texts("name"));
            Assert.Equal(
                $"{organization}-0007-3",
                device.At("actions", "nodes")[0].GetProperty("actionId").GetString()
            );
            Assert.Equal(3, device.At("actions", "totalCount").GetInt32());
            Assert.True(device.At("actions", "pageInfo", "hasNextPage").GetBoolean());
            var history = device.GetProperty("connectivityHistory");
            Assert.Equal(["ONLINE", "OFFLINE"], history.Texts("connectivity"));
            Assert.True(history[0].GetProperty("at").GetDateTime() > history[1].GetProperty("at").GetDateTime());
        }
    }

    [Theory]
    [EveryStore]
    public async Task Long_columns_of_snaps_are_read_only_where_they_are_asked_for(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);

        Assert.DoesNotContain("services", await SnapStatementAsync("snaps { name version }"), StringComparison.Ordinal);
        Assert.Contains("services", await SnapStatementAsync("snaps { ...long } "), StringComparison.Ordinal);
        Assert.Contains(
            "config",
            await SnapStatementAsync("""snap(name: "nats") { settings: config }"""),
            StringComparison.Ordinal
        );

        async Task<string> SnapStatementAsync(string field)
        {
            fleet.Host.Commands.Clear();
            var fragment = field.Contains("...long", StringComparison.Ordinal)
                ? "fragment long on Snap { services { name } }"
                : "";
            await fleet.Host.QueryAsync(
                $$"""{ device(organizationId: "acme", deviceId: "d1") { {{field}} } } {{fragment}}"""
            );
            return Assert.Single(
                fleet.Host.Commands.Statements,
                statement =>
                    statement.Contains("snap", StringComparison.Ordinal)
                    && statement.Contains("@twinIds", StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [EveryStore]
    public async Task Long_columns_of_listed_devices_are_read_only_where_they_are_asked_for(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);

        foreach (var arguments in new[] { "", ", order: [{ brand: DESC }]" })
        {
            Assert.DoesNotContain("tags", await ListAsync(arguments, "deviceId storeId"), StringComparison.Ordinal);
            Assert.Contains("tags", await ListAsync(arguments, "labels: tags"), StringComparison.Ordinal);
            Assert.Contains("device_key", await ListAsync(arguments, "...long"), StringComparison.Ordinal);
        }

        async Task<string> ListAsync(string arguments, string fields)
        {
            fleet.Host.Commands.Clear();
            var fragment = fields is "...long" ? "fragment long on Device { deviceKey }" : "";
            await fleet.Host.QueryAsync(
                $$"""{ devices(organizationId: "acme"{{arguments}}) { nodes { {{fields}} } } } {{fragment}}"""
            );
            return Assert.Single(
                fleet.Host.Commands.Statements,
                statement => statement.Contains("store_id", StringComparison.Ordinal)
            );
        }
    }

    /// <summary>On SQLite, whose planner knows no statistics and so tells what it would do to a large table.</summary>
    [Fact]
    public async Task No_statement_reads_a_whole_table_or_all_actions_of_an_organization()
    {
        var fleet = await fleets.OnAsync(StoreKind.Sqlite);
        fleet.Host.Commands.Clear();
        const string LaterPage = """
            { device(organizationId: "acme", deviceId: "d1") { actions(first: 1) { pageInfo { endCursor } } } }
            """;
        var first = await fleet.Host.QueryAsync(LaterPage);
        var after = first.At("device", "actions", "pageInfo", "endCursor").GetString();
        await fleet.Host.QueryAsync(
            LaterPage.Replace("first: 1", $"first: 1, after: \"{after}\"", StringComparison.Ordinal)
        );
        await fleet.Host.QueryAsync(List, new { organization = "acme", first = 50 });

        await using var context = await fleet.OpenAsync();
        var connection = context.Database.GetDbConnection();
        await connection.OpenAsync();
        foreach (var statement in fleet.Host.Commands.Statements.Where(IsOfTheList).Distinct())
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The service's own statement.
            command.CommandText = $"explain query plan {statement}";
#pragma warning restore CA2100
            await using var plan = await command.ExecuteReaderAsync();
            var tables = Table().Matches(statement).Select(match => match.Groups["alias"].Value).ToHashSet();
            while (await plan.ReadAsync())
            {
                var step = plan.GetString(plan.FieldCount - 1);
                var words = step.Split(' ');
                Assert.False(words[0] == "SCAN" && tables.Contains(words[1]), $"{step} in {statement}");
                Assert.False(words.Contains("ix_action_organization_id_id"), $"{step} in {statement}");
            }
        }
    }

    [GeneratedRegex(
        "(?:FROM|JOIN) \"\\w+\" AS \"(?<alias>\\w+)\"",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Table();

    /// <summary>Lists ask for an organization or for keys; what the service reads in the background does not.</summary>
    private static bool IsOfTheList(string statement) =>
        new[] { "@organizationId", "@deviceIds", "@twinIds", "@keys" }.Any(name =>
            statement.Contains(name, StringComparison.Ordinal)
        );

    private async Task<(JsonElement Devices, int Statements)> CountAsync(
        TwinHost host,
        string organization,
        int first,
        object? where
    )
    {
        var variables = new
        {
            organization,
            first,
            where,
        };
        var data = default(JsonElement);
        var fewest = int.MaxValue;
        // What the service does in the background only ever adds: the fewest of some runs is what the list costs.
        for (var run = 0; run < 5; run++)
        {
            host.Commands.Clear();
            data = await host.QueryAsync(List, variables);
            fewest = Math.Min(fewest, host.Commands.Count);
        }

        output.WriteLine($"{first} devices: {fewest} statements");
        return (data.At("devices", "nodes"), fewest);
    }

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
            device.Reported = new ReportedState { Version = 1, UpdatedAt = SeededRows.Noon };
            device.OperatingSystem = new DeviceOperatingSystem { Version = "2.66" };
            device.Metrics = new DeviceMetrics { MemoryUsedPercent = 50, At = SeededRows.Noon };
            group.Devices.Add(device);
        }

        await fleet.AddAsync(group);
        await fleet.AddAsync(
            group
                .Devices.Select(device => Layer(LayerKind.Device, device.DeviceId, "redis"))
                .Append(Layer(LayerKind.Group, "everybody", "nats"))
        );
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

        DesiredLayer Layer(LayerKind kind, string name, string snap) =>
            new()
            {
                OrganizationId = organization,
                Kind = kind,
                Name = name,
                Properties = """{"a":1}""",
                Snaps = $$"""[{"name":"{{snap}}","presence":"PRESENT","channel":"edge"}]""",
                Version = 2,
            };
    }
}
