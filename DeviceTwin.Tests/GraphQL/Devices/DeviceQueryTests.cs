using System.Text;
using System.Text.Json;
using DeviceTwin.Tests.Infrastructure;
using Snapshooter.Xunit;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>One device, asked for by its ids or by its global id.</summary>
[Collection(nameof(SeededFleets))]
public sealed class DeviceQueryTests(SeededFleets fleets)
{
    private const string Everything = """
        query($id: String!) {
          device(organizationId: "acme", deviceId: $id) {
            id organizationId deviceId brand model serial storeId deviceKey active createdAt lastHeartbeatAt lastSeenAt
            connectivity connectivityHistory(first: 2) { connectivity at } tags
            groups { id name createdAt organizationId }
            operatingSystem { version series osId osVersionId onClassic kernelVersion }
            snaps {
              name version revision channel confinement status devmode installedSize installedAt config
              services { name daemon enabled active }
            }
            core: snap(name: "core20") { name } missing: snap(name: "core") { name }
            metrics { memoryTotalBytes memoryUsedBytes memoryUsedPercent cpuUserSeconds cpuSystemSeconds cpuTotalSeconds at }
            actions(first: 2) {
              totalCount pageInfo { hasNextPage hasPreviousPage }
              edges { node {
                id actionId organizationId deviceId device { deviceId } kind snap data status message createdAt updatedAt
                sentAt expiresAt confirmedAt requestedBy
              } }
            }
          }
        }
        """;

    [Theory]
    [EveryStore]
    public async Task A_device_is_told_with_all_that_is_known_of_it(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var answer = await fleet.Host.SendAsync(Everything, new { id = "d1" });
        // One snapshot for both: every store gives the same answer.
        Snapshot.Match(Indented(answer), "A_device_is_told_with_all_that_is_known_of_it");
    }

    [Theory]
    [EveryStore]
    public async Task A_device_that_told_nothing_yet_has_nulls_and_empty_lists(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var answer = await fleet.Host.SendAsync(Everything, new { id = "d5" });
        Snapshot.Match(Indented(answer), "A_device_that_told_nothing_yet_has_nulls_and_empty_lists");
    }

    [Theory]
    [EveryStore]
    public async Task A_device_that_is_unknown_deleted_or_of_another_organization_is_null(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var data = await fleet.Host.QueryAsync(
            """
            {
              unknown: device(organizationId: "acme", deviceId: "d99") { deviceId }
              deleted: device(organizationId: "acme", deviceId: "d4") { deviceId }
              foreign: device(organizationId: "acme", deviceId: "x1") { deviceId }
              nobody: device(organizationId: "", deviceId: "d1") { deviceId }
              there: device(organizationId: "other", deviceId: "x1") { deviceId }
            }
            """
        );
        Assert.Equal(
            """{"unknown":null,"deleted":null,"foreign":null,"nobody":null,"there":{"deviceId":"x1"}}""",
            data.GetRawText()
        );
    }

    [Theory]
    [EveryStore]
    public async Task Every_node_is_found_again_by_its_id(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var asked = await fleet.Host.QueryAsync(
            """
            {
              device(organizationId: "acme", deviceId: "d1") { id }
              group(organizationId: "acme", name: "north") { id }
              action(organizationId: "acme", actionId: "a1") { id }
            }
            """
        );
        string[] ids = [.. asked.EnumerateObject().Select(field => field.Value.GetProperty("id").GetString()!)];

        var data = await fleet.Host.QueryAsync(
            """
            query($ids: [ID!]!, $one: ID!) {
              nodes(ids: $ids) {
                __typename id ... on Device { deviceId } ... on Group { name } ... on Action { actionId }
              }
              node(id: $one) { id }
            }
            """,
            new { ids, one = ids[1] }
        );

        Assert.Equal(
            $$"""
            [{"__typename":"Device","id":"{{ids[0]}}","deviceId":"d1"},{"__typename":"Group","id":"{{ids[
                1
            ]}}","name":"north"},{"__typename":"Action","id":"{{ids[2]}}","actionId":"a1"}]
            """,
            data.GetProperty("nodes").GetRawText()
        );
        Assert.Equal(ids[1], data.GetProperty("node").GetProperty("id").GetString());
    }

    [Theory]
    [EveryStore]
    public async Task Forged_ids_find_nothing_and_break_nothing(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        string[] forged =
        [
            "",
            "not base64",
            Id("Device"),
            Id("Device:acme"),
            Id("Device:acme:d1:more"),
            Id("Device:other:d1"),
            Id("Device:acme:d4"),
            Id("device:acme:d1"),
            Id("Service:acme:d1"),
            Id("Action:acme:x1-1"),
            Id("Group:acme:%zz"),
            Id("Group:acme:a%00b"),
            Id("Device:acme:d%31"),
        ];
        var data = await fleet.Host.QueryAsync("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", new { ids = forged });
        Assert.All(
            data.GetProperty("nodes").EnumerateArray(),
            node => Assert.Equal(JsonValueKind.Null, node.ValueKind)
        );
    }

    [Fact]
    public async Task More_than_a_hundred_ids_at_once_are_refused()
    {
        var fleet = await fleets.OnAsync(StoreKind.Sqlite);
        var ids = Enumerable.Repeat(Id("Device:acme:d1"), 101);
        await fleet.Host.FailsWithAsync("TOO_MANY_IDS", "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", new { ids });
    }

    private static string Id(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Indented(JsonElement json) => JsonSerializer.Serialize(json, Answers.Indented);
}
