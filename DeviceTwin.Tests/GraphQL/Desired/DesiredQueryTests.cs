using DeviceTwin.Data.Desired;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Fleet;
using DeviceTwin.Data.Groups;
using DeviceTwin.Tests.Infrastructure;
using Snapshooter.Xunit;

namespace DeviceTwin.Tests.GraphQL.Desired;

/// <summary>Desired state as a client sees it: layers, what is merged of them, and where devices differ from it.</summary>
[Collection(nameof(SeededFleets))]
public sealed class DesiredQueryTests(SeededFleets fleets)
{
    [Theory]
    [EveryStore]
    public async Task A_device_tells_its_layers_merged_each_snap_with_the_layer_that_asks_for_it(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        await AddFleetAsync(fleet, "layered");

        var answer = await fleet.Host.SendAsync(
            $$"""
            {
              device(organizationId: "layered", deviceId: "layered-1") {{DesiredDoor.Device}}
              other: device(organizationId: "layered", deviceId: "layered-2") { desired { {{DesiredDoor.Snaps}} } }
              groups(organizationId: "layered") { name desired {{DesiredDoor.Layer}} }
              model(organizationId: "layered", name: "gw") { organizationId name desired {{DesiredDoor.Layer}} }
            }
            """
        );

        Snapshot.Match(DesiredDoor.Shown(answer), "A_device_tells_its_layers_merged");
    }

    [Theory]
    [EveryStore]
    public async Task A_device_of_which_nothing_is_desired_is_in_sync(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        await fleet.AddAsync(SeededRows.Device("unasked", "unasked"));
        var answer = await fleet.Host.SendAsync(
            $$"""
            {
              device(organizationId: "unasked", deviceId: "unasked") {{DesiredDoor.Device}}
              group(organizationId: "acme", name: "north") { desired {{DesiredDoor.Layer}} }
            }
            """
        );
        Snapshot.Match(DesiredDoor.Shown(answer), "A_device_of_which_nothing_is_desired");
    }

    [Theory]
    [EveryStore]
    public async Task A_model_exists_when_a_device_is_of_it_or_something_is_desired_of_it(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        await AddFleetAsync(fleet, "models");
        await fleet.AddAsync(
            Count("models", "gw", 2),
            Count("models", "", 1),
            Count("models", "gone", 1),
            Count("models", "gone", -1),
            Count("models", "Bridge", 1)
        );
        const string Layer = """{"organizationId": "models", "name": "coming", "properties": {}}""";
        await fleet.Host.ChangeAsync("setModelDesiredState", Layer);
        const string Conflict = """{"organizationId": "models", "name": "never", "properties": {}, "ifVersion": 3}""";
        await fleet.Host.ChangeAsync("setModelDesiredState", Conflict);

        var answer = await fleet.Host.SendAsync(
            """
            {
              models(organizationId: "models") { name desired { version } devices(order: {deviceId: DESC}, first: 1) {
                nodes { deviceId } totalCount pageInfo { hasNextPage }
              } }
              gw: model(organizationId: "models", name: "gw") {
                devices(where: {deviceId: {endsWith: "2"}}) { nodes { deviceId } }
              }
              coming: model(organizationId: "models", name: "coming") { name }
              gone: model(organizationId: "models", name: "gone") { name }
              never: model(organizationId: "models", name: "never") { name }
              nameless: model(organizationId: "models", name: "") { name }
              elsewhere: model(organizationId: "acme", name: "coming") { name }
              nobodys: models(organizationId: "") { name }
              unknown: models(organizationId: "unknown") { name }
            }
            """
        );

        Snapshot.Match(DesiredDoor.Shown(answer), "A_model_exists_when");
    }

    [Theory]
    [EveryStore]
    public async Task Another_organization_with_the_same_names_has_nothing_of_it(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        await AddFleetAsync(fleet, "here");
        var device = SeededRows.Device("there-1", "there");
        device.Model = "gw";
        var group = NewGroup("there", "berlin");
        group.Devices.Add(device);
        await fleet.AddAsync(group);

        var data = await fleet.Host.QueryAsync(
            """
            {
              devices(organizationId: "there") { nodes { desired { properties snaps { name } version } drift { path } } }
              group(organizationId: "there", name: "berlin") { desired { version snaps { name } } }
              model(organizationId: "there", name: "gw") { name }
              device(organizationId: "there", deviceId: "here-1") { desired { version } }
            }
            """
        );

        Assert.Equal(
            """{"devices":{"nodes":[{"desired":{"properties":{},"snaps":[],"version":0},"drift":[]}]},"group":{"desired":{"version":0,"snaps":[]}},"model":null,"device":null}""",
            data.GetRawText()
        );
    }

    [Theory]
    [EveryStore]
    public async Task The_fleet_counts_whom_a_change_has_yet_to_reach_as_unknown(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        await AddFleetAsync(fleet, "counted");
        await fleet.AddAsync(Count("counted", "gw", 2), Count("counted", "other", 3));
        Assert.Equal((5, 5, 0, 0), await CountsAsync());

        // The clock of this service stands still, and with it what goes on in the background.
        await fleet.Host.ChangeAsync(
            "setModelDesiredState",
            """{"organizationId": "counted", "name": "gw", "properties": {"a": 2}}"""
        );
        Assert.Equal((5, 5, 0, 2), await CountsAsync());
        await fleet.Host.ChangeAsync(
            "setDesiredSnaps",
            """{"organizationId": "counted", "deviceId": "counted-1", "snaps": [{"name": "redis"}]}"""
        );
        Assert.Equal((5, 4, 1, 2), await CountsAsync());

        async Task<(int Total, int InSync, int Drifted, int Unknown)> CountsAsync()
        {
            var data = await fleet.Host.QueryAsync(
                """{ organization(id: "counted") { fleet { total inSync drifted syncUnknown } } }"""
            );
            var counts = data.At("organization", "fleet");
            return (Of("total"), Of("inSync"), Of("drifted"), Of("syncUnknown"));

            int Of(string field) => counts.GetProperty(field).GetInt32();
        }
    }

    /// <summary>Two devices of a model, one of them in two groups, with layers of desired state everywhere.</summary>
    private static async Task AddFleetAsync(SeededFleet fleet, string organization)
    {
        var (first, second) = (
            SeededRows.Device($"{organization}-1", organization),
            SeededRows.Device($"{organization}-2", organization)
        );
        (first.Model, second.Model) = ("gw", "gw");
        first.Snaps.Add(SeededRows.Snap("nats", 5, "latest/stable"));
        first.Reported = new ReportedState
        {
            Properties = """{"a":1,"telemetry":{"interval":5}}""",
            Version = 4,
            UpdatedAt = SeededRows.At(11, 30),
        };
        var (berlin, all) = (NewGroup(organization, "berlin"), NewGroup(organization, "all"));
        berlin.Devices.Add(first);
        all.Devices.Add(first);
        await fleet.AddAsync<object>(
            SeededRows.Named(organization),
            second,
            berlin,
            all,
            Layer(
                LayerKind.Model,
                "gw",
                """{"a":1,"telemetry":{"on":true,"interval":60}}""",
                """[{"name":"nats","presence":"PRESENT","channel":"2.10/stable","config":"{\"port\":4222}"},{"name":"telegraf","presence":"PRESENT"}]"""
            ),
            Layer(
                LayerKind.Group,
                "all",
                """{"telemetry":{"interval":30}}""",
                """[{"name":"nats","presence":"PRESENT","channel":"2.9/stable"}]"""
            ),
            Layer(
                LayerKind.Group,
                "berlin",
                """{"telemetry":{"on":null}}""",
                """[{"name":"nats","presence":"PRESENT","channel":"2.10/edge","services":[{"name":"server","active":true}]}]""",
                priority: 5
            ),
            Layer(
                LayerKind.Device,
                $"{organization}-1",
                """{"site":"roof"}""",
                """[{"name":"telegraf","presence":"ABSENT"}]"""
            )
        );

        DesiredLayer Layer(LayerKind kind, string name, string properties, string snaps, int priority = 0) =>
            new()
            {
                OrganizationId = organization,
                Kind = kind,
                Name = name,
                Properties = properties,
                Snaps = snaps,
                Priority = priority,
                Version = 3,
                UpdatedAt = SeededRows.At(11, 0),
                UpdatedBy = "ann",
            };
    }

    private static Group NewGroup(string organization, string name) =>
        new()
        {
            OrganizationId = organization,
            Name = name,
            CreatedAt = SeededRows.Noon,
        };

    private static FleetCount Count(string organization, string model, int total) =>
        new()
        {
            OrganizationId = organization,
            Brand = "",
            Model = model,
            Total = total,
            InSync = total,
        };
}
