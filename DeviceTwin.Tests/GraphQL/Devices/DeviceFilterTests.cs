using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>Each filter finds the same devices on both databases. See <see cref="SeededRows"/> for what there is.</summary>
[Collection(nameof(SeededFleets))]
public sealed class DeviceFilterTests(SeededFleets fleets)
{
    private static readonly (string Where, string Found)[] Cases =
    [
        ("{}", "d1 d2 d3 d5"),
        // Texts.
        ("{deviceId: {eq: \"d1\"}}", "d1"),
        ("{deviceId: {neq: \"d1\"}}", "d2 d3 d5"),
        ("{deviceId: {in: [\"d1\", \"d3\", \"d4\", \"x1\"]}}", "d1 d3"),
        ("{deviceId: {in: []}}", ""),
        ("{deviceId: {nin: [\"d1\", \"d3\"]}}", "d2 d5"),
        ("{deviceId: {startsWith: \"d\", nin: [\"d5\"]}}", "d1 d2 d3"),
        ("{brand: {eq: \"Acme\"}}", "d1"),
        ("{brand: {startsWith: \"A\"}}", "d1"),
        ("{brand: {nstartsWith: \"A\"}}", "d2 d3 d5"),
        ("{brand: {contains: \"0%_\"}}", "d5"),
        ("{brand: {contains: \"c_e\"}}", ""),
        ("{brand: {ncontains: \"cme\"}}", "d3 d5"),
        ("{brand: {endsWith: \"Ä\"}}", "d5"),
        ("{brand: {nendsWith: \"cme\"}}", "d3 d5"),
        ("{brand: {or: [{eq: \"Bolt\"}, {and: [{startsWith: \"ac\"}, {endsWith: \"me\"}]}]}}", "d2 d3"),
        ("{model: {eq: \"gw-1\"}}", "d1 d3"),
        ("{model: {eq: \"\"}}", "d5"),
        ("{serial: {startsWith: \"S-100\"}}", "d1 d3"),
        ("{serial: {eq: null}}", ""),
        ("{serial: {neq: null}}", "d1 d2 d3 d5"),
        ("{storeId: {eq: \"st-2\"}}", "d3"),
        // Instants.
        ("{createdAt: {eq: \"2026-11-23T09:01:00Z\"}}", "d2"),
        ("{createdAt: {eq: \"2026-11-23T14:01:00+05:00\"}}", "d2"),
        ("{createdAt: {gt: \"2026-11-23T09:01:00Z\"}}", "d3 d5"),
        ("{createdAt: {gte: \"2026-11-23T09:01:00Z\", lt: \"2026-11-23T09:04:00Z\"}}", "d2 d3"),
        ("{createdAt: {ngt: \"2026-11-23T09:01:00Z\"}}", "d1 d2"),
        ("{createdAt: {in: [\"2026-11-23T09:01:00Z\", \"2026-11-23T09:04:00Z\"]}}", "d2 d5"),
        ("{lastHeartbeatAt: {eq: null}}", "d3 d5"),
        ("{lastHeartbeatAt: {neq: null}}", "d1 d2"),
        ("{lastHeartbeatAt: {lte: \"2026-11-23T10:00:00Z\"}}", "d1"),
        ("{lastHeartbeatAt: {nlte: \"2026-11-23T10:00:00Z\"}}", "d2 d3 d5"),
        ("{lastHeartbeatAt: {in: [null, \"2026-11-23T10:05:00Z\"]}}", "d2 d3 d5"),
        ("{lastHeartbeatAt: {nin: [null]}}", "d1 d2"),
        // Connectivity.
        ("{connectivity: {eq: ONLINE}}", "d1"),
        ("{connectivity: {neq: NEVER_SEEN}}", "d1 d2"),
        ("{connectivity: {in: [ONLINE, OFFLINE]}}", "d1 d2"),
        ("{connectivity: {nin: [OFFLINE]}}", "d1 d3 d5"),
        ("{connectivity: {eq: null}}", ""),
        // Sync status.
        ("{syncStatus: {eq: IN_SYNC}}", "d1 d5"),
        ("{syncStatus: {neq: IN_SYNC}}", "d2 d3"),
        ("{syncStatus: {in: [PENDING, FAILED]}}", "d2 d3"),
        ("{syncStatus: {in: []}}", ""),
        ("{syncStatus: {nin: [FAILED]}}", "d1 d2 d5"),
        ("{syncStatus: {eq: null}}", ""),
        // Out of sight only where a filter names active.
        ("{active: {eq: false}}", "d4"),
        ("{active: {neq: true}}", "d4"),
        ("{active: {eq: true}}", "d1 d2 d3 d5"),
        ("{and: [{active: {eq: false}}, {brand: {eq: \"Bolt\"}}]}", "d4"),
        ("{or: [{active: {eq: false}}, {deviceId: {eq: \"d1\"}}]}", "d1 d4"),
        ("{brand: {eq: \"Bolt\"}}", "d3"),
        // Groups.
        ("{group: {eq: \"north\"}}", "d1"),
        ("{group: {eq: \"all\"}}", "d1 d2"),
        ("{group: {in: [\"north\", \"nothing\"]}}", "d1"),
        ("{group: {neq: \"north\"}}", "d1 d2"),
        ("{and: [{group: {eq: \"north\"}}, {group: {eq: \"all\"}}]}", "d1"),
        // Snaps: one snap meets all of it.
        ("{snap: {name: {eq: \"core20\"}}}", "d1 d2"),
        ("{snap: {name: {eq: \"core20\"}, channel: {endsWith: \"edge\"}}}", "d2"),
        ("{snap: {name: {eq: \"core20\"}, status: {eq: \"installed\"}}}", ""),
        ("{snap: {version: {startsWith: \"2.\"}}}", "d1 d2"),
        ("{snap: {status: {eq: \"installed\"}}}", "d1"),
        ("{snap: {revision: {eq: 11}}}", "d2"),
        ("{snap: {revision: {neq: 11}}}", "d1"),
        ("{snap: {revision: {gt: 5, lte: 10}}}", "d1"),
        ("{snap: {revision: {ngte: 10}}}", "d1"),
        ("{snap: {revision: {in: [5, 11, null]}}}", "d1 d2"),
        ("{snap: {revision: {nin: [5, 10]}}}", "d2"),
        ("{snap: {revision: {lt: 5}}}", ""),
        ("{snap: {}}", "d1 d2"),
        // Tags.
        ("{tag: {path: \"tier\", eq: \"gold\"}}", "d1"),
        ("{tag: {path: \"site.floor\", eq: 3}}", "d1 d2"),
        ("{tag: {path: \"site.floor\", eq: 3.0}}", "d1 d2"),
        ("{tag: {path: \"site.floor\", eq: \"3\"}}", ""),
        ("{tag: {path: \"site.name\", eq: \"Bern\"}}", "d2"),
        ("{tag: {path: \"site\", eq: {name: \"Bern\", floor: 3}}}", "d2"),
        ("{tag: {path: \"spare\", eq: true}}", "d1"),
        ("{tag: {path: \"flags\", eq: [1, 2]}}", "d3"),
        ("{tag: {path: \"flags\", eq: [2, 1]}}", ""),
        ("{tag: {path: \"no.such.path\", eq: 1}}", ""),
        ("{tag: {path: \"\", eq: 1}}", ""),
        // Reported properties; whoever reported none is never found.
        ("{reported: {path: \"telemetry.interval\", eq: 5}}", "d1 d2"),
        ("{reported: {path: \"telemetry\", eq: {interval: 5}}}", "d1 d2"),
        ("{reported: {path: \"on\", eq: true}}", "d1"),
        ("{reported: {path: \"on\", eq: \"true\"}}", ""),
        ("{reported: {path: \"off\", eq: {}}}", ""),
        ("{reported: {path: \"\", eq: {}}}", ""),
        ("{or: [{reported: {path: \"on\", eq: true}}, {deviceId: {eq: \"d5\"}}]}", "d1 d5"),
        ("{syncStatus: {eq: PENDING}, reported: {path: \"telemetry.interval\", eq: 5}}", "d2"),
        // Together.
        ("{or: [{deviceId: {eq: \"d1\"}}, {and: [{brand: {eq: \"Bolt\"}}, {model: {eq: \"gw-1\"}}]}]}", "d1 d3"),
        ("{deviceId: {neq: \"d1\"}, or: [{brand: {eq: \"Acme\"}}, {brand: {eq: \"acme\"}}]}", "d2"),
        ("{or: []}", ""),
        ("{and: []}", "d1 d2 d3 d5"),
        ("{brand: null, or: null, snap: null}", "d1 d2 d3 d5"),
    ];

    public static TheoryData<StoreKind, string, string> Filters()
    {
        var data = new TheoryData<StoreKind, string, string>();
        foreach (var (where, found) in Cases)
        {
            data.Add(StoreKind.Sqlite, where, found);
            data.Add(StoreKind.Postgres, where, found);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_filter_finds_the_devices_that_it_describes(StoreKind kind, string where, string found)
    {
        var fleet = await fleets.OnAsync(kind);
        var data = await fleet.Host.QueryAsync(
            $$"""{ devices(organizationId: "acme", where: {{where}}) { nodes { deviceId } totalCount } }"""
        );
        var deviceIds = data.At("devices", "nodes").Texts("deviceId");
        Assert.Equal(found, string.Join(' ', deviceIds));
        Assert.Equal(deviceIds.Count, data.At("devices", "totalCount").GetInt32());
    }

    [Theory]
    [EveryStore]
    public async Task A_filter_says_the_same_in_a_variable(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var where = new
        {
            active = new { eq = false },
            tag = new { path = "tier", eq = "gold" },
            createdAt = new { gt = "2026-11-23T09:00:00Z" },
        };
        var data = await fleet.Host.QueryAsync(
            """query($where: DeviceFilterInput) { devices(organizationId: "acme", where: $where) { nodes { deviceId active } } }""",
            new { where }
        );
        Assert.Equal("""[{"deviceId":"d4","active":false}]""", data.At("devices", "nodes").GetRawText());
    }
}
