using DeviceTwin.Data.Groups;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Desired;

/// <summary>What several layers say of one snap counts together, and each of them is named.</summary>
[Collection(nameof(SeededFleets))]
public sealed class SnapLayersTests(SeededFleets fleets)
{
    [Theory]
    [EveryStore]
    public async Task A_group_that_sets_a_port_and_a_device_that_sets_debug_both_count(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var device = SeededRows.Device("snaps-1", "snaps");
        device.Groups.Add(
            new Group
            {
                OrganizationId = "snaps",
                Name = "berlin",
                CreatedAt = SeededRows.Noon,
            }
        );
        await fleet.AddAsync(device);
        await fleet.Host.ChangeAsync(
            "setGroupDesiredState",
            """
            {"organizationId":"snaps","name":"berlin","snaps":[{"name":"nats",
              "config":{"port":4333,"log":{"level":"info","file":"a"},"old":1},
              "services":[{"name":"server","active":true},{"name":"worker","active":true}]}]}
            """
        );
        await fleet.Host.ChangeAsync(
            "setDesiredSnaps",
            """
            {"organizationId":"snaps","deviceId":"snaps-1","snaps":[{"name":"nats",
              "config":{"debug":true,"log.level":"debug","old":null},
              "services":[{"name":"nats.worker","active":false}]}]}
            """
        );

        var data = await fleet.Host.QueryAsync(
            """
            {
              device(organizationId: "snaps", deviceId: "snaps-1") {
                desired { snaps { config services { name active } layer layerName layers { kind name } } }
              }
              group(organizationId: "snaps", name: "berlin") { desired { snaps { layers { kind name } } } }
            }
            """
        );

        var snap = Assert.Single(data.At("device", "desired", "snaps").EnumerateArray());
        Assert.Equal(
            """{"log":{"file":"a","level":"debug"},"port":4333,"debug":true}""",
            snap.GetProperty("config").GetRawText()
        );
        Assert.Equal(
            """[{"name":"server","active":true},{"name":"nats.worker","active":false}]""",
            snap.GetProperty("services").GetRawText()
        );
        Assert.Equal("DEVICE", snap.GetProperty("layer").GetString());
        Assert.Equal(
            """[{"kind":"DEVICE","name":null},{"kind":"GROUP","name":"berlin"}]""",
            snap.GetProperty("layers").GetRawText()
        );
        Assert.Equal(
            """[{"layers":[{"kind":"GROUP","name":"berlin"}]}]""",
            data.At("group", "desired", "snaps").GetRawText()
        );
    }

    [Theory]
    [InlineData("""{"a":1,"a.b":2}""")]
    [InlineData("""{"a.b":{"c":1},"a.b.c":2}""")]
    [InlineData("""{"x":{"a":{"b":1},"a.b":1}}""")]
    public async Task A_configuration_that_names_a_key_twice_with_and_without_dots_is_refused(string config)
    {
        var fleet = await fleets.OnAsync(StoreKind.Sqlite);
        await fleet.AddAsync(SeededRows.Device($"dots-{Guid.NewGuid():N}", "dots"));
        var payload = await fleet.Host.ChangeAsync(
            "setModelDesiredState",
            $$"""{"organizationId":"dots","name":"gw","snaps":[{"name":"nats","config":{{config}}}]}"""
        );

        var error = Assert.Single(payload.GetProperty("errors").EnumerateArray());
        Assert.Equal("snaps.0.config", error.GetProperty("field").GetString());
        Assert.Contains(
            "names a path into a key beside it",
            error.GetProperty("message").GetString()!,
            StringComparison.Ordinal
        );
    }
}
