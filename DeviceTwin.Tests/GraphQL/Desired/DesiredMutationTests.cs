using System.Text.Json;
using DeviceTwin.Data.Groups;
using DeviceTwin.Tests.Infrastructure;
using Snapshooter.Xunit;

namespace DeviceTwin.Tests.GraphQL.Desired;

/// <summary>Desired state is set, on a device, a group and a model. One snapshot is for both stores.</summary>
[Collection(nameof(SeededFleets))]
public sealed class DesiredMutationTests(SeededFleets fleets)
{
    [Theory]
    [EveryStore]
    public async Task Each_mutation_on_a_device_answers_with_the_device_as_it_then_is(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        await AddAsync(fleet, "changed");
        const string Snaps = """
            [
              {
                "name": "nats", "channel": "2.10/stable", "revision": 5, "enabled": true, "config": {"port": 4222},
                "services": [{"name": "server", "active": true}]
              },
              {"name": "hello-world", "presence": "ABSENT"}
            ]
            """;
        (string Mutation, string More)[] steps =
        [
            (
                "patchDesiredProperties",
                """ "deviceId": "changed", "patch": {"a": 1, "telemetry": {"on": true, "interval": 5}} """
            ),
            (
                "patchDesiredProperties",
                """ "deviceId": "changed", "patch": {"a": null, "telemetry": {"interval": 60}}, "ifVersion": 1 """
            ),
            ("setDesiredSnaps", $$""" "deviceId": "changed", "snaps": {{Snaps}}, "ifVersion": 2 """),
            (
                "setDesiredSnaps",
                """ "deviceId": "changed", "snaps": [{"name": "nats", "channel": null, "services": []}] """
            ),
            ("clearDesiredSnaps", """ "deviceId": "changed", "names": ["nats", "never-set"], "ifVersion": 4 """),
            ("retrySync", """ "deviceId": "changed" """),
        ];

        List<object> told = [];
        foreach (var (mutation, more) in steps)
        {
            var input = $$"""{"organizationId": "changed", {{more}}}""";
            told.Add(new { mutation, answer = await fleet.Host.ChangeAsync(mutation, input) });
        }

        await fleet.Host.ChangesShowAsync();
        var log = await fleet.Host.QueryAsync(
            """{ deviceChanges(organizationId: "changed") { nodes { deviceId kinds by at } } }"""
        );
        told.Add(new { deviceChanges = log.At("deviceChanges", "nodes") });
        Snapshot.Match(DesiredDoor.Shown(told), "Each_mutation_on_a_device");
    }

    [Theory]
    [EveryStore]
    public async Task A_shared_layer_keeps_what_a_change_leaves_out(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        await AddAsync(fleet, "shared");
        const string Snap = """{"name": "nats", "channel": "edge", "config": {"port": 4222}}""";
        (string Mutation, string Name, string More)[] steps =
        [
            ("setGroupDesiredState", "north", """ "properties": {"a": 1, "b": null}, "priority": 7 """),
            ("setGroupDesiredState", "north", $$""" "snaps": [{{Snap}}], "ifVersion": 1 """),
            ("setGroupDesiredState", "north", """ "properties": {}, "snaps": null, "priority": null """),
            ("setGroupDesiredState", "north", """ "snaps": [], "priority": -1 """),
            ("setModelDesiredState", "gw", $$""" "snaps": [{"name": "zz"}, {{Snap}}], "ifVersion": 0 """),
            ("setModelDesiredState", "nobody-yet", """ "properties": {"x": [1, {"y": 2}]} """),
        ];

        List<object> told = [];
        foreach (var (mutation, name, more) in steps)
        {
            var input = $$"""{"organizationId": "shared", "name": "{{name}}", {{more}}}""";
            told.Add(new { mutation, answer = await fleet.Host.ChangeAsync(mutation, input) });
        }

        Snapshot.Match(DesiredDoor.Shown(told), "A_shared_layer");
    }

    [Theory]
    [EveryStore]
    public async Task A_version_that_has_passed_is_a_conflict_and_changes_nothing(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        await AddAsync(fleet, "passed");
        const string Device = """ "organizationId": "passed", "deviceId": "passed" """;
        await fleet.Host.ChangeAsync("patchDesiredProperties", $$"""{ {{Device}}, "patch": {"a": 1} }""");
        foreach (var (mutation, name) in new[] { ("setGroupDesiredState", "north"), ("setModelDesiredState", "gw") })
        {
            await fleet.Host.ChangeAsync(
                mutation,
                $$"""{"organizationId": "passed", "name": "{{name}}", "properties": {"a": 1} }"""
            );
        }

        (string Mutation, string Input)[] late =
        [
            ("patchDesiredProperties", $$"""{ {{Device}}, "ifVersion": 0, "patch": {"a": 2} }"""),
            ("setDesiredSnaps", $$"""{ {{Device}}, "ifVersion": 2, "snaps": [{"name": "nats"}] }"""),
            ("clearDesiredSnaps", $$"""{ {{Device}}, "ifVersion": -1, "names": ["nats"] }"""),
            (
                "setGroupDesiredState",
                """{"organizationId": "passed", "name": "north", "ifVersion": 0, "properties": {"a": 2}}"""
            ),
            ("setModelDesiredState", """{"organizationId": "passed", "name": "gw", "ifVersion": 9, "snaps": []}"""),
        ];
        var before = await EverythingAsync(fleet);
        List<object> told = [];
        foreach (var (mutation, input) in late)
        {
            told.Add(new { mutation, answer = await fleet.Host.ChangeAsync(mutation, input) });
        }

        Assert.Equal(before, await EverythingAsync(fleet));
        Snapshot.Match(DesiredDoor.Shown(told), "A_version_that_has_passed");
    }

    [Theory]
    [InlineData("patchDesiredProperties", """, "patch": {} """)]
    [InlineData("setDesiredSnaps", """, "snaps": [{"name": "nats"}] """)]
    [InlineData("clearDesiredSnaps", """, "names": ["nats"] """)]
    [InlineData("retrySync", "")]
    public async Task A_device_of_another_organization_does_not_exist(string mutation, string more)
    {
        var fleet = await fleets.OnAsync(StoreKind.Sqlite);
        var payload = await fleet.Host.ChangeAsync(
            mutation,
            $$"""{"organizationId": "acme", "deviceId": "x1"{{more}}}"""
        );
        Assert.Equal(["DeviceNotFoundError"], payload.GetProperty("errors").Texts("__typename"));
        Assert.Equal(JsonValueKind.Null, payload.GetProperty("device").ValueKind);
    }

    private static async Task AddAsync(SeededFleet fleet, string organization)
    {
        var device = SeededRows.Device(organization, organization);
        device.Model = "gw";
        device.Snaps.Add(SeededRows.Snap("nats", 5, "2.10/stable"));
        Group group = new()
        {
            OrganizationId = organization,
            Name = "north",
            CreatedAt = SeededRows.Noon,
        };
        await fleet.AddAsync<object>(SeededRows.Named(organization), device, group);
    }

    private static async Task<string> EverythingAsync(SeededFleet fleet)
    {
        await fleet.Host.ChangesShowAsync();
        var data = await fleet.Host.QueryAsync(
            $$"""
            {
              device(organizationId: "passed", deviceId: "passed") {{DesiredDoor.Device}}
              group(organizationId: "passed", name: "north") { desired {{DesiredDoor.Layer}} }
              model(organizationId: "passed", name: "gw") { desired {{DesiredDoor.Layer}} }
              deviceChanges(organizationId: "passed") { nodes { cursor } }
            }
            """
        );
        return data.GetRawText();
    }
}
