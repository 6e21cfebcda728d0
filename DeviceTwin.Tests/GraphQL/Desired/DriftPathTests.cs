using System.Text.Json;
using DeviceTwin.Data.Devices;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Desired;

/// <summary>The path of a drift, without <c>properties</c> in front, is the path of a filter.</summary>
[Collection(nameof(SeededFleets))]
public sealed class DriftPathTests(SeededFleets fleets)
{
    private const string Reported = """
        {"plain":1,"a":{"b.c":{"d":1}},"":{"":1},"[0]":1,"say \"hi\"":1,"o'clock":1,"back\\slash":1," ":1,"tab\t":1,"größe":1,"0":1,"a.b":1,"$":1}
        """;

    private const string Desired = """
        {"plain":2,"a":{"b.c":{"d":2}},"":{"":2},"[0]":2,"say \"hi\"":2,"o'clock":2,"back\\slash":2," ":2,"tab\t":2,"größe":2,"0":2,"a.b":2,"$":2}
        """;

    [Theory]
    [EveryStore]
    public async Task A_filter_finds_the_device_by_each_path_of_its_drift(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var device = SeededRows.Device("paths-1", "paths");
        device.Reported = new ReportedState
        {
            Properties = Reported,
            Version = 1,
            UpdatedAt = SeededRows.Noon,
        };
        await fleet.AddAsync(device, SeededRows.Device("paths-2", "paths"));
        var changed = await fleet.Host.ChangeAsync(
            "patchDesiredProperties",
            $$"""{"organizationId":"paths","deviceId":"paths-1","patch":{{Desired}}}"""
        );

        var drift = changed.At("device", "drift").EnumerateArray().ToList();
        Assert.Equal(JsonElement.Parse(Desired).EnumerateObject().Count(), drift.Count);
        foreach (var entry in drift)
        {
            var path = entry.GetProperty("path").GetString()!["properties".Length..].TrimStart('.');
            Assert.Equal(["paths-1"], await FindAsync(fleet, path, entry.GetProperty("reported")));
            Assert.Empty(await FindAsync(fleet, path, entry.GetProperty("desired")));
        }
    }

    [Theory]
    [InlineData(StoreKind.Sqlite, "a..b")]
    [InlineData(StoreKind.Postgres, "a..b")]
    [InlineData(StoreKind.Sqlite, "a[0]")]
    [InlineData(StoreKind.Sqlite, "[\"\\u0000\"]")]
    [InlineData(StoreKind.Postgres, "[\"\\u0000\"]")]
    [InlineData(StoreKind.Postgres, "[\"\\ud800\"]")]
    public async Task What_is_no_path_is_the_callers_fault(StoreKind kind, string path)
    {
        var fleet = await fleets.OnAsync(kind);
        var answer = await fleet.Host.SendAsync(
            "query($where: DeviceFilterInput) { devices(organizationId: \"acme\", where: $where) { totalCount } }",
            new { where = new { tag = new { path, eq = 1 } } }
        );

        var error = Assert.Single(answer.GetProperty("errors").EnumerateArray());
        Assert.Equal("INVALID_VALUE", error.At("extensions", "code").GetString());
        Assert.Contains(
            "This is no path from character",
            error.GetProperty("message").GetString()!,
            StringComparison.Ordinal
        );
    }

    private static async Task<IReadOnlyList<string?>> FindAsync(SeededFleet fleet, string path, JsonElement eq)
    {
        var found = await fleet.Host.QueryAsync(
            "query($where: DeviceFilterInput) { devices(organizationId: \"paths\", where: $where) { nodes { deviceId } } }",
            new { where = new { reported = new { path, eq } } }
        );
        return found.At("devices", "nodes").Texts("deviceId");
    }
}
