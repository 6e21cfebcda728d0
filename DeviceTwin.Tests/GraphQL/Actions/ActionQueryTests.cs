using DeviceTwin.Data.Actions;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Actions;

/// <summary>Actions of an organization, and of a device. See <see cref="SeededRows"/> for what there is.</summary>
[Collection(nameof(SeededFleets))]
public sealed class ActionQueryTests(SeededFleets fleets)
{
    private static readonly (string Where, string Found)[] Cases =
    [
        ("{}", "a5 a4 a3 a2 a1"),
        ("{deviceId: {eq: \"d2\"}}", "a4 a3"),
        ("{kind: {eq: INSTALL}}", "a1"),
        ("{kind: {in: [INSTALL, LIST]}}", "a3 a1"),
        ("{kind: {neq: INSTALL}}", "a5 a4 a3 a2"),
        ("{kind: {nin: [INSTALL, LIST, DEVICE]}}", "a4 a2"),
        ("{status: {eq: TIMED_OUT}}", "a4"),
        ("{status: {neq: QUEUED}}", "a5 a4 a2 a1"),
        ("{status: {in: [COMPLETED, FAILED]}}", "a2 a1"),
        ("{status: {nin: [COMPLETED, FAILED]}}", "a5 a4 a3"),
        ("{snap: {eq: \"nats\"}}", "a2 a1"),
        ("{snap: {eq: null}}", "a5 a3"),
        ("{snap: {neq: \"nats\"}}", "a5 a4 a3"),
        ("{snap: {startsWith: \"core\"}}", "a4"),
        ("{snap: {nstartsWith: \"core\"}}", "a5 a3 a2 a1"),
        ("{createdAt: {gte: \"2026-11-23T10:03:00Z\"}}", "a5 a4"),
        ("{createdAt: {nlt: \"2026-11-23T10:03:00Z\"}}", "a5 a4"),
        ("{and: [{deviceId: {eq: \"d1\"}}, {or: [{status: {eq: FAILED}}, {kind: {eq: DEVICE}}]}]}", "a5 a2"),
        ("{or: [{status: {eq: QUEUED}}, {snap: {eq: \"core20\"}}]}", "a4 a3"),
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
    public async Task A_filter_finds_the_actions_that_it_describes(StoreKind kind, string where, string found)
    {
        var fleet = await fleets.OnAsync(kind);
        var data = await fleet.Host.QueryAsync(
            $$"""
            {
              actions(organizationId: "acme", where: {{where}}) { nodes { actionId } totalCount }
              devices(organizationId: "acme") {
                nodes { actions(where: {{where}}) { nodes { actionId } totalCount } }
              }
            }
            """
        );
        var actionIds = data.At("actions", "nodes").Texts("actionId");
        Assert.Equal(found, string.Join(' ', actionIds));
        Assert.Equal(actionIds.Count, data.At("actions", "totalCount").GetInt32());

        var ofDevices = data.At("devices", "nodes").EnumerateArray().Select(device => device.GetProperty("actions"));
        Assert.Equal(
            actionIds.Order(),
            ofDevices.SelectMany(actions => actions.GetProperty("nodes").Texts("actionId")).Order()
        );
        Assert.All(
            ofDevices,
            actions =>
                Assert.Equal(
                    actions.GetProperty("nodes").GetArrayLength(),
                    actions.GetProperty("totalCount").GetInt32()
                )
        );
    }

    [Theory]
    [EveryStore]
    public async Task The_pages_of_actions_meet_without_a_gap_both_ways(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        Assert.Equal("a5 a4 a3 a2 a1", await WalkAsync(fleet.Host, "first", "after", "hasNextPage", "endCursor"));
        Assert.Equal("a2 a1 a4 a3 a5", await WalkAsync(fleet.Host, "last", "before", "hasPreviousPage", "startCursor"));
    }

    [Theory]
    [EveryStore]
    public async Task A_devices_second_page_goes_on_where_its_first_ended(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        const string Page = """
            query($after: String) {
              device(organizationId: "acme", deviceId: "d1") {
                actions(first: 2, after: $after) {
                  nodes { actionId } totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
                }
              }
            }
            """;
        var first = (await fleet.Host.QueryAsync(Page)).At("device", "actions");
        var after = first.At("pageInfo", "endCursor").GetString();
        var second = (await fleet.Host.QueryAsync(Page, new { after })).At("device", "actions");

        Assert.Equal(["a5", "a2"], first.GetProperty("nodes").Texts("actionId"));
        Assert.True(first.At("pageInfo", "hasNextPage").GetBoolean());
        Assert.False(first.At("pageInfo", "hasPreviousPage").GetBoolean());
        Assert.Equal(["a1"], second.GetProperty("nodes").Texts("actionId"));
        Assert.False(second.At("pageInfo", "hasNextPage").GetBoolean());
        Assert.True(second.At("pageInfo", "hasPreviousPage").GetBoolean());
        Assert.Equal((3, 3), (first.GetProperty("totalCount").GetInt32(), second.GetProperty("totalCount").GetInt32()));
    }

    [Theory]
    [EveryStore]
    public async Task An_action_is_found_in_its_own_organization_only(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        var data = await fleet.Host.QueryAsync(
            """
            {
              own: action(organizationId: "other", actionId: "x1-1") { actionId device { deviceId } }
              foreign: action(organizationId: "acme", actionId: "x1-1") { actionId }
              unknown: action(organizationId: "acme", actionId: "no") { actionId }
            }
            """
        );
        Assert.Equal(
            """{"own":{"actionId":"x1-1","device":{"deviceId":"x1"}},"foreign":null,"unknown":null}""",
            data.GetRawText()
        );
    }

    /// <summary>Devices are one at a time in one organization; what another organization once asked of the same id is not theirs.</summary>
    [Theory]
    [EveryStore]
    public async Task A_devices_actions_are_those_of_its_own_organization(StoreKind kind)
    {
        var fleet = await fleets.OnAsync(kind);
        await fleet.AddAsync(SeededRows.Named($"mine-{kind}"));
        await fleet.AddAsync(SeededRows.Device($"claimed-{kind}", $"mine-{kind}"));
        var foreign = SeededRows.Action($"foreign-{kind}", $"claimed-{kind}", ActionKind.List, ActionStatus.Completed);
        foreign.OrganizationId = $"theirs-{kind}";
        await fleet.AddAsync(foreign);

        var data = await fleet.Host.QueryAsync(
            $$"""
            { device(organizationId: "mine-{{kind}}", deviceId: "claimed-{{kind}}") {
              actions { nodes { actionId } totalCount }
            } }
            """
        );

        Assert.Equal("""{"nodes":[],"totalCount":0}""", data.At("device", "actions").GetRawText());
    }

    private static async Task<string> WalkAsync(TwinHost host, string size, string from, string more, string cursor)
    {
        List<string?> found = [];
        string? place = null;
        bool hasMore;
        do
        {
            var data = await host.QueryAsync(
                $$"""
                query($from: String) {
                  actions(organizationId: "acme", {{size}}: 2, {{from}}: $from) {
                    edges { cursor node { actionId } } pageInfo { {{more}} {{cursor}} }
                  }
                }
                """,
                new { from = place }
            );
            var page = data.GetProperty("actions");
            found.AddRange(
                page.GetProperty("edges").EnumerateArray().Select(edge => edge.At("node", "actionId").GetString())
            );
            hasMore = page.At("pageInfo", more).GetBoolean();
            place = page.At("pageInfo", cursor).GetString();
        } while (hasMore);
        return string.Join(' ', found);
    }
}
