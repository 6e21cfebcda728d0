using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>The order of lists of devices, and their pages.</summary>
[Collection(nameof(SeededFleets))]
public sealed class DeviceOrderTests(SeededFleets fleets)
{
    private const string Pages = """
        query(
          $organization: String!, $order: [DeviceSortInput!], $first: Int, $after: String, $last: Int, $before: String
        ) {
          devices(
            organizationId: $organization, order: $order, first: $first, after: $after, last: $last, before: $before
          ) {
            edges { cursor node { deviceId } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
            totalCount
          }
        }
        """;

    private static readonly (string Order, string Found)[] Cases =
    [
        ("[]", "d1 d2 d3 d5"),
        ("{deviceId: ASC}", "d1 d2 d3 d5"),
        ("{deviceId: DESC}", "d5 d3 d2 d1"),
        ("{brand: ASC}", "d5 d1 d3 d2"),
        ("{brand: DESC}", "d2 d3 d1 d5"),
        ("{model: ASC}", "d5 d1 d3 d2"),
        ("{model: DESC}", "d2 d1 d3 d5"),
        ("[{model: DESC}, {deviceId: DESC}]", "d2 d3 d1 d5"),
        ("{serial: ASC}", "d5 d1 d3 d2"),
        ("{serial: DESC}", "d2 d3 d1 d5"),
        ("{createdAt: ASC}", "d1 d2 d3 d5"),
        ("{createdAt: DESC}", "d5 d3 d2 d1"),
        ("{lastHeartbeatAt: ASC}", "d3 d5 d1 d2"),
        ("{lastHeartbeatAt: DESC}", "d2 d1 d3 d5"),
    ];

    public static TheoryData<StoreKind, string, string> Orders()
    {
        var data = new TheoryData<StoreKind, string, string>();
        foreach (var (order, found) in Cases)
        {
            data.Add(StoreKind.Sqlite, order, found);
            data.Add(StoreKind.Postgres, order, found);
        }

        return data;
    }

    public static TheoryData<StoreKind, string, SortDirectionName> LongOrders()
    {
        var data = new TheoryData<StoreKind, string, SortDirectionName>();
        foreach (var kind in new[] { StoreKind.Sqlite, StoreKind.Postgres })
        {
            foreach (var key in new[] { "deviceId", "brand", "createdAt", "lastHeartbeatAt" })
            {
                data.Add(kind, key, SortDirectionName.ASC);
                data.Add(kind, key, SortDirectionName.DESC);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Devices_come_in_the_order_that_is_asked_for(StoreKind kind, string order, string found)
    {
        var fleet = await fleets.OnAsync(kind);
        var data = await fleet.Host.QueryAsync(
            $$"""{ devices(organizationId: "acme", order: {{order}}) { nodes { deviceId } } }"""
        );
        Assert.Equal(found, string.Join(' ', data.At("devices", "nodes").Texts("deviceId")));
    }

    [Theory]
    [MemberData(nameof(LongOrders))]
    public async Task The_pages_of_120_devices_hold_each_once_though_rows_come_and_go(
        StoreKind kind,
        string key,
        SortDirectionName direction
    )
    {
        var fleet = await fleets.OnAsync(kind);
        var organization = $"walk-{kind}-{key}-{direction}";
        await AddDevicesAsync(fleet, organization, Enumerable.Range(0, 120).Select(number => number * 10));
        var order = new Dictionary<string, string> { [key] = direction.ToString() };

        var forward = await WalkAsync(fleet, organization, order, isBackward: false);
        var backward = await WalkAsync(fleet, organization, order, isBackward: true);

        Assert.Equal(forward, backward);
        Assert.Equal(120, forward.Distinct().Count());

        var disturbed = await WalkAsync(
            fleet,
            organization,
            order,
            isBackward: false,
            async (page, cursorsDevice) =>
            {
                await AddDevicesAsync(fleet, organization, [(page * 70) + 5]);
                await HideAsync(fleet, cursorsDevice);
            }
        );

        Assert.Equal(disturbed.Count, disturbed.Distinct().Count());
        // Nobody who was there all the time was left out.
        Assert.Empty(forward.Except(disturbed));
    }

    [Theory]
    [InlineData("first: 501")]
    [InlineData("last: 501")]
    [InlineData("first: -1")]
    [InlineData("last: -1")]
    [InlineData("first: 1, last: 1")]
    [InlineData("before: \"x\"")]
    public async Task A_page_that_makes_no_sense_is_refused(string arguments)
    {
        var fleet = await fleets.OnAsync(StoreKind.Sqlite);
        foreach (var field in new[] { "devices", "actions" })
        {
            await fleet.Host.FailsWithAsync(
                "INVALID_PAGING",
                $$"""{ {{field}}(organizationId: "acme", {{arguments}}) { nodes { id } } }"""
            );
        }
    }

    [Theory]
    [EveryStore]
    public async Task A_cursor_of_another_list_or_of_nobody_is_refused(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var page = await fleet.Host.QueryAsync(
            """{ devices(organizationId: "acme", first: 1, order: {brand: ASC}) { pageInfo { endCursor } } }"""
        );
        var cursor = page.At("devices", "pageInfo", "endCursor").GetString();
        foreach (var wrong in new[] { cursor, "nonsense", "", "eyJ9" })
        {
            await fleet.Host.FailsWithAsync(
                "INVALID_CURSOR",
                """query($after: String) { devices(organizationId: "acme", after: $after) { nodes { id } } }""",
                new { after = wrong }
            );
        }
    }

    private static async Task<List<string>> WalkAsync(
        SeededFleet fleet,
        string organization,
        object order,
        bool isBackward,
        Func<int, string, Task>? disturbAsync = null
    )
    {
        List<string> found = [];
        string? cursor = null;
        for (var page = 0; ; page++)
        {
            var variables = isBackward
                ? new PageArguments(organization, order, null, null, 17, cursor)
                : new PageArguments(organization, order, 17, cursor, null, null);
            var devices = (await fleet.Host.QueryAsync(Pages, variables.ToVariables())).GetProperty("devices");
            var deviceIds = devices
                .GetProperty("edges")
                .EnumerateArray()
                .Select(edge => edge.At("node", "deviceId").GetString()!);
            found.InsertRange(isBackward ? 0 : found.Count, deviceIds);
            Assert.Equal(page > 0, devices.At("pageInfo", isBackward ? "hasNextPage" : "hasPreviousPage").GetBoolean());
            if (!devices.At("pageInfo", isBackward ? "hasPreviousPage" : "hasNextPage").GetBoolean())
            {
                return found;
            }

            cursor = devices.At("pageInfo", isBackward ? "startCursor" : "endCursor").GetString();
            if (disturbAsync is not null)
            {
                await disturbAsync(page, found[^1]);
            }
        }
    }

    private static Task AddDevicesAsync(SeededFleet fleet, string organization, IEnumerable<int> numbers) =>
        fleet.AddAsync(
            numbers.Select(number =>
            {
                var device = SeededRows.Device($"{organization}-{number:0000}", organization);
                device.Brand = $"brand-{number % 7}";
                device.CreatedAt = SeededRows.At(9, number % 11);
                device.Heartbeat.HeartbeatAt = number % 3 == 0 ? null : SeededRows.At(10, number % 13);
                return device;
            })
        );

    private static async Task HideAsync(SeededFleet fleet, string deviceId)
    {
        await using var context = await fleet.OpenAsync();
        await context
            .Devices.Where(device => device.DeviceId == deviceId)
            .ExecuteUpdateAsync(set => set.SetProperty(device => device.DeletedAt, SeededRows.Noon));
    }

    private sealed record PageArguments(
        string Organization,
        object Order,
        int? First,
        string? After,
        int? Last,
        string? Before
    )
    {
        public JsonElement ToVariables() => JsonSerializer.SerializeToElement(this, JsonSerializerOptions.Web);
    }
}

/// <summary>A direction as the schema names it.</summary>
public enum SortDirectionName
{
    ASC,
    DESC,
}
