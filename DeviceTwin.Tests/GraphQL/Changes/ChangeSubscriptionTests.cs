using System.Text.Json;
using DeviceTwin.Data.Changes;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Changes;

/// <summary>deviceChanged: in order, none left out, none twice.</summary>
public sealed class ChangeSubscriptionTests(ITestOutputHelper output)
{
    private const string Changed = """
        subscription($after: String, $deviceIds: [String!], $group: String) {
          deviceChanged(organizationId: "demo", after: $after, deviceIds: $deviceIds, group: $group) {
            cursor deviceId kinds by device { tags }
          }
        }
        """;

    [Theory]
    [EveryStore]
    public async Task Each_change_comes_with_its_kind_in_the_order_of_commits(StoreKind kind)
    {
        await using var host = await LiveHost.StartAsync(output, kind);
        await host.AddDevicesAsync("c1");
        await using var stream = await host.SubscribeAsync(Changed);

        await host.TagAsync("c1", 1);
        await host.GroupAsync("north", "c1");
        await host.RunAsync("requestSnapList", "deviceId: \"c1\"");
        await host.MoveAsync("removeDevicesFromGroup", "north", "c1");
        await host.RunAsync("deleteDevice", "deviceId: \"c1\"");
        await host.RunAsync("restoreDevice", "deviceId: \"c1\"");

        foreach (var expected in new[] { "TAGS", "GROUPS", "ACTION", "GROUPS", "ACTION", "DELETED", "RESTORED" })
        {
            var change = (await stream.NextAsync()).GetProperty("deviceChanged");
            Assert.Equal(expected, change.GetProperty("kinds")[0].GetString());
            Assert.Equal("anonymous", change.GetProperty("by").GetString());
        }
    }

    [Theory]
    [EveryStore]
    public async Task A_client_goes_on_after_a_restart_with_nothing_lost_and_nothing_twice(StoreKind kind)
    {
        await using var host = await LiveHost.StartAsync(output, kind);
        await host.AddDevicesAsync("c1", "c2");
        var stream = await host.SubscribeAsync(Changed);
        await host.TagAsync("c1", 1);
        await host.TagAsync("c2", 2);
        var first = (await stream.NextAsync()).GetProperty("deviceChanged");
        Assert.Equal("c1", first.GetProperty("deviceId").GetString());

        await host.RestartAsync();
        await host.TagAsync("c1", 3);
        var after = first.GetProperty("cursor").GetString();
        await using var next = await host.SubscribeAsync(Changed, new { after });
        var later = Enumerable.Range(4, 20).Select(value => host.TagAsync($"c{(value % 2) + 1}", value));
        await Task.WhenAll(later);

        List<string?> cursors = [];
        for (var count = 0; count < 22; count++)
        {
            var change = (await next.NextAsync()).GetProperty("deviceChanged");
            cursors.Add(change.GetProperty("cursor").GetString());
        }

        Assert.Equal(22, cursors.Distinct().Count());
        Assert.DoesNotContain(after, cursors);
        var log = await host.QueryAsync(
            """query($after: String) { deviceChanges(organizationId: "demo", after: $after) { nodes { cursor } } }""",
            new { after }
        );
        Assert.Equal(log.At("deviceChanges", "nodes").Texts("cursor"), cursors);
    }

    [Fact]
    public async Task Only_the_named_devices_or_those_of_the_group_are_told()
    {
        await using var host = await LiveHost.StartAsync(output);
        await host.AddDevicesAsync("c1", "c2", "c3");
        await host.GroupAsync("north", "c1");
        await using var named = await host.SubscribeAsync(Changed, new { deviceIds = new[] { "c2" } });
        await using var grouped = await host.SubscribeAsync(Changed, new { group = "north" });

        await host.TagAsync("c1", 1);
        await host.TagAsync("c2", 2);
        await host.MoveAsync("addDevicesToGroup", "north", "c2");
        await host.TagAsync("c2", 3);
        await host.MoveAsync("removeDevicesFromGroup", "north", "c1");
        await host.TagAsync("c1", 4);
        await host.RunAsync("deleteDevice", "deviceId: \"c2\"");
        await host.TagAsync("c3", 5);
        await host.MoveAsync("addDevicesToGroup", "north", "c3");

        Assert.Equal(["c2 TAGS", "c2 GROUPS", "c2 TAGS", "c2 DELETED"], await ReadAsync(named, 4));
        Assert.Equal(
            ["c1 TAGS", "c2 GROUPS", "c2 TAGS", "c1 GROUPS", "c2 DELETED", "c3 GROUPS"],
            await ReadAsync(grouped, 6)
        );
    }

    [Theory]
    [EveryStore]
    public async Task Whoever_comes_late_is_told_what_the_group_did_while_it_was_in_it(StoreKind kind)
    {
        await using var host = await LiveHost.StartAsync(output, kind);
        await host.AddDevicesAsync("c1", "c2", "c3", "c4", "c5");
        await host.GroupAsync("north", "c1");
        await host.GroupAsync("south", "c4");
        string? seen;
        await using (var early = await host.SubscribeAsync(Changed, new { deviceIds = new[] { "c1" } }))
        {
            await host.TagAsync("c1", 1);
            // Who came into its group just before may be told, too.
            var tagged = await early.NextAsync(data => data.At("deviceChanged", "kinds")[0].GetString() == "TAGS");
            seen = tagged.At("deviceChanged", "cursor").GetString();
        }

        await host.TagAsync("c2", 2);
        await host.MoveAsync("addDevicesToGroup", "north", "c2");
        await host.TagAsync("c2", 3);
        await host.MoveAsync("removeDevicesFromGroup", "north", "c2");
        await host.TagAsync("c2", 4);
        await host.MoveAsync("addDevicesToGroup", "north", "c3");
        await host.RunAsync("deleteDevice", "deviceId: \"c3\"");
        await host.RunAsync("restoreDevice", "deviceId: \"c3\"");
        await host.RunAsync("deleteDevice", "deviceId: \"c4\"");
        await host.TagAsync("c1", 5);
        await host.RunAsync("deleteGroup", "name: \"north\"");
        await host.TagAsync("c1", 6);
        await host.GroupAsync("north", "c5");
        await using var late = await host.SubscribeAsync(Changed, new { after = seen, group = "north" });

        Assert.Equal(
            ["c2 GROUPS", "c2 TAGS", "c2 GROUPS", "c3 GROUPS", "c3 DELETED", "c1 TAGS", "c1 GROUPS", "c5 GROUPS"],
            await ReadAsync(late, 8)
        );
    }

    [Fact]
    public async Task A_cursor_that_was_never_given_ends_the_stream_with_its_code()
    {
        await using var host = await LiveHost.StartAsync(output);
        await using var stream = await host.SubscribeAsync(Changed, new { after = "nonsense" });
        await stream.EndsWithAsync("INVALID_CURSOR");
    }

    [Fact]
    public async Task A_burst_of_changes_is_told_to_the_last_one()
    {
        await using var host = await LiveHost.StartAsync(output);
        await host.AddDevicesAsync("c1");
        await using var stream = await host.SubscribeAsync(Changed);
        await using (var context = await host.OpenStoreAsync())
        {
            context.AddRange(Enumerable.Range(0, 3_000).Select(_ => Row()));
            await context.SaveChangesAsync();
        }

        await host.TagAsync("c1", 1);

        var told = 0;
        JsonElement change;
        do
        {
            change = (await stream.NextAsync()).GetProperty("deviceChanged");
            told++;
        } while (change.GetProperty("kinds")[0].GetString() != "TAGS");
        Assert.Equal(3_001, told);
    }

    private static TwinChange Row() =>
        new()
        {
            OrganizationId = "demo",
            DeviceId = "c1",
            Kinds = ChangeKinds.Snaps,
            At = SeededRows.Noon,
            By = TwinChange.ByDevice,
        };

    private static async Task<List<string>> ReadAsync(TwinHostSubscription stream, int count)
    {
        List<string> told = [];
        while (told.Count < count)
        {
            var change = (await stream.NextAsync()).GetProperty("deviceChanged");
            told.Add($"{change.GetProperty("deviceId").GetString()} {change.GetProperty("kinds")[0].GetString()}");
        }

        return told;
    }
}
