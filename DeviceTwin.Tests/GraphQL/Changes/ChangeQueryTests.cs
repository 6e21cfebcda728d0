using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Changes;

/// <summary>The change log by the page.</summary>
[Collection(nameof(SeededFleets))]
public sealed class ChangeQueryTests(SeededFleets fleets, ITestOutputHelper output)
{
    private const string Pages = """
        query($organization: String!, $device: String, $first: Int, $after: String) {
          deviceChanges(organizationId: $organization, deviceId: $device, first: $first, after: $after) {
            nodes { deviceId kinds by at device { deviceId } }
            edges { cursor node { cursor } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          }
        }
        """;

    [Theory]
    [EveryStore]
    public async Task Changes_are_told_oldest_first_without_presence(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        Assert.Equal(
            """
            d1 CREATED SUMMARY
            d2 CREATED OPERATING_SYSTEM
            d1 TAGS
            d4 DELETED
            """,
            Told(await ReadAsync(fleet.Host))
        );
        var ofOne = await ReadAsync(fleet.Host, deviceId: "d4");
        Assert.Equal("d4 DELETED", Told(ofOne));
        Assert.Equal(JsonValueKind.Null, ofOne.GetProperty("nodes")[0].GetProperty("device").ValueKind);
        Assert.Equal("ann", ofOne.GetProperty("nodes")[0].GetProperty("by").GetString());
    }

    [Theory]
    [EveryStore]
    public async Task The_pages_of_changes_meet_without_a_gap(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var first = await ReadAsync(fleet.Host, first: 3);
        Assert.True(first.At("pageInfo", "hasNextPage").GetBoolean());
        Assert.False(first.At("pageInfo", "hasPreviousPage").GetBoolean());
        var second = await ReadAsync(fleet.Host, first: 3, after: first.At("pageInfo", "endCursor").GetString());
        Assert.Equal("d4 DELETED", Told(second));
        Assert.False(second.At("pageInfo", "hasNextPage").GetBoolean());
        Assert.True(second.At("pageInfo", "hasPreviousPage").GetBoolean());
        var last = await ReadAsync(fleet.Host, first: 3, after: second.At("pageInfo", "endCursor").GetString());
        Assert.Equal(0, last.GetProperty("nodes").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, last.At("pageInfo", "endCursor").ValueKind);
        Assert.All(
            first.GetProperty("edges").EnumerateArray(),
            edge => Assert.Equal(edge.GetProperty("cursor").GetString(), edge.At("node", "cursor").GetString())
        );
    }

    [Theory]
    [EveryStore]
    public async Task A_cursor_that_was_never_given_is_invalid(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        foreach (var after in new[] { "", "nonsense", "MTIz" })
        {
            await fleet.Host.FailsWithAsync("INVALID_CURSOR", Pages, new { organization = "acme", after });
        }

        await fleet.Host.FailsWithAsync("INVALID_PAGING", Pages, new { organization = "acme", first = 501 });
    }

    [Theory]
    [EveryStore]
    public async Task A_cursor_that_the_log_has_let_go_of_has_expired(StoreKind kind)
    {
        await using var host = await LiveHost.StartAsync(output, kind);
        await host.AddDevicesAsync("e1");
        for (var number = 0; number < 5; number++)
        {
            await host.TagAsync("e1", number);
        }

        await host.ChangesShowAsync();
        var cursors = (await ReadAsync(host, "demo")).GetProperty("edges").Texts("cursor");
        Assert.Equal(5, cursors.Count);
        await using (var context = await host.OpenStoreAsync())
        {
            var oldest = await context
                .Changes.OrderBy(change => change.Id)
                .Take(3)
                .Select(change => change.Id)
                .ToListAsync();
            await context.Changes.Where(change => oldest.Contains(change.Id)).ExecuteDeleteAsync();
        }

        await host.FailsWithAsync("CURSOR_EXPIRED", Pages, new { organization = "demo", after = cursors[0] });
        var kept = await ReadAsync(host, "demo", after: cursors[3]);
        Assert.Equal(1, kept.GetProperty("nodes").GetArrayLength());

        await using var stream = await host.SubscribeAsync(
            """subscription($after: String) { deviceChanged(organizationId: "demo", after: $after) { cursor } }""",
            new { after = cursors[0] }
        );
        await stream.EndsWithAsync("CURSOR_EXPIRED");
    }

    private static async Task<JsonElement> ReadAsync(
        TwinHost host,
        string organization = "acme",
        string? deviceId = null,
        int? first = null,
        string? after = null
    )
    {
        var variables = new
        {
            organization,
            device = deviceId,
            first,
            after,
        };
        var changes = default(JsonElement);
        // PostgreSQL tells a change when no older transaction of any database of the server, other tests' included, is open.
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                changes = (await host.QueryAsync(Pages, variables)).GetProperty("deviceChanges");
                return changes.GetProperty("nodes").GetArrayLength() > 0 || after is not null;
            },
            "the log tells changes"
        );
        return changes;
    }

    private static string Told(JsonElement changes) =>
        string.Join(
            '\n',
            changes
                .GetProperty("nodes")
                .EnumerateArray()
                .Select(change =>
                    $"{change.GetProperty("deviceId").GetString()} {string.Join(' ', change.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetString()))}"
                )
        );
}
