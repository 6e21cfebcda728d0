using System.Diagnostics;
using DeviceTwin.Api.Configuration;
using DeviceTwin.Tests.Infrastructure;
using Xunit.Abstractions;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>What filters may cost is bounded before the store is asked, and what is within the bounds both stores can do.</summary>
[Collection(nameof(SeededFleets))]
public sealed class FilterCostTests(SeededFleets fleets, ITestOutputHelper output)
{
    /// <summary>Requests that are refused, each with the key that its error names. Each has the variables $v (500 ids), $long and $w (a filter with them).</summary>
    public static readonly TheoryData<string, string> Costly = new()
    {
        // One variable in many filters: 4 KB, which took SQLite 15 s and more.
        { Devices($"deviceId: {{or: [{Many("{in: $v}", 47)}]}}"), "graphql.filter.values" },
        { Devices($"or: [{Many("{brand: {nin: $v}}", 47)}]"), "graphql.filter.values" },
        {
            Devices("snap: {name: {in: $v}}, group: {nin: $v}, model: {in: $v}, serial: {in: $v}, brand: {in: $v}"),
            "graphql.filter.values"
        },
        { Fields(5, "deviceId: {in: $v}"), "graphql.filter.values" },
        { "query Q($w: DeviceFilterInput!) { " + Aliases(5, "where: $w") + " }", "graphql.filter.values" },
        { $"query Q($w: [DeviceFilterInput!]) {{ {Aliases(5, "where: {or: $w}")} }}", "graphql.filter.values" },
        {
            "query Q($v: [String]) { ...f } fragment f on Query { ...g h: "
                + One("brand: {in: $v}")
                + " } fragment g on Query { "
                + Aliases(4, "where: {deviceId: {in: $v}}")
                + " }",
            "graphql.filter.values"
        },
        {
            "query Q($v: [String]) { group(organizationId: \"acme\", name: \"all\") { "
                + Members(5, "deviceId: {in: $v}")
                + " } }",
            "graphql.filter.values"
        },
        {
            "query Q($v: [String]) { device(organizationId: \"acme\", deviceId: \"d1\") { "
                + Actions(5, "snap: {in: $v}")
                + " } }",
            "graphql.filter.values"
        },
        {
            "mutation Q($v: [String]) { startJob(input: {organizationId: \"acme\", kind: LIST, where: {deviceId: {or: [{in: $v}, {in: $v}, {in: $v}, {in: $v}, {in: $v}]}}}) { errors { __typename } } }",
            "graphql.filter.values"
        },
        {
            $"query Q($d: [String] = [{Many("\"a\"", 500)}]) {{ {Aliases(5, "where: {deviceId: {in: $d}}")} }}",
            "graphql.filter.values"
        },
        // Many conditions.
        { Devices($"or: [{Many("{brand: {contains: \"a\"}}", 70)}]"), "graphql.filter.conditions" },
        { Devices($"brand: {{or: [{Many("{}", 201)}]}}"), "graphql.filter.conditions" },
        { Fields(60, "brand: {contains: \"a\"}, model: {contains: \"a\"}"), "graphql.filter.conditions" },
        {
            "query Q($c: [StringOperationFilterInput!]) { " + One("brand: {or: $c}") + " }",
            "graphql.filter.conditions"
        },
        { Devices($"and: [{Many("{snap: {name: {nendsWith: \"a\"}}}", 16)}]"), "graphql.filter.conditions" },
        // Long texts.
        { Devices("deviceId: {endsWith: $long}"), "graphql.filter.text" },
        { Devices("deviceId: {startsWith: $long}"), "graphql.filter.text" },
        { Devices("deviceId: {contains: $long}"), "graphql.filter.text" },
        { Devices("deviceId: {eq: $long}"), "graphql.filter.text" },
        { Devices("deviceId: {in: [\"a\", $long]}"), "graphql.filter.text" },
        { Devices("snap: {channel: {nendsWith: $long}}"), "graphql.filter.text" },
        { Devices("tag: {path: $long, eq: 1}"), "graphql.filter.text" },
        { Devices($"tag: {{path: \"a\", eq: {{b: [\"{new string('x', 1_001)}\"]}}}}"), "graphql.filter.text" },
        { Devices($"reported: {{path: \"a\", eq: [{Many("1", 2_001)}]}}"), "graphql.filter.values" },
        { Devices($"deviceId: {{endsWith: \"{new string('x', 1_001)}\"}}"), "graphql.filter.text" },
    };

    [Theory]
    [MemberData(nameof(Costly))]
    public async Task A_costly_filter_is_refused_with_the_key_and_before_it_costs(string query, string key)
    {
        foreach (var kind in (StoreKind[])[StoreKind.Sqlite, StoreKind.Postgres])
        {
            var host = (await fleets.OnAsync(kind)).Host;
            host.Commands.Clear();
            var clock = Stopwatch.StartNew();

            var error = await host.FailsWithAsync("FILTER_TOO_LARGE", query, Variables(query));

            output.WriteLine($"{kind}: {clock.ElapsedMilliseconds} ms");
            Assert.Contains(key, error.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.DoesNotContain(host.Commands.Statements, text => text.Contains("brand", StringComparison.Ordinal));
        }
    }

    [Theory]
    [EveryStore]
    public async Task What_is_within_the_limits_is_answered_and_costs_little(StoreKind kind)
    {
        var host = (await fleets.OnAsync(kind)).Host;
        string[] filters =
        [
            Devices("deviceId: {or: [{in: $v}, {in: $v}, {nin: $v}, {in: $v}]}"),
            Devices($"or: [{Many("{brand: {nstartsWith: \"a\"}}", 66)}]"),
            Devices($"and: [{Many("{snap: {name: {nendsWith: \"a\"}}}", 15)}]"),
            Devices($"or: [{Many("{group: {nin: [\"a\", null]}}", 16)}]"),
            Devices(
                $"brand: {{or: [{Many("{nstartsWith: \"\", nendsWith: \"%_\", neq: null, nin: [null, \"a\"]}", 39)}]}}"
            ),
            Devices($"and: [{Nested(9, "{brand: {or: [{and: [{neq: \"x\"}]}]}}")}]"),
            Devices($"deviceId: {{nendsWith: \"{new string('%', 500)}{new string('ß', 500)}\"}}"),
            Devices($"tag: {{path: \"a.b\", eq: {{c: [{Many("1", 1_000)}]}}}}"),
            Devices(
                $"createdAt: {{nin: [{Many("\"2026-01-01T00:00:00Z\"", 1_000)}]}}, connectivity: {{in: [{Many("ONLINE", 900)}]}}"
            ),
        ];
        await host.SendAsync(filters[0], Variables(filters[0]));
        foreach (var query in filters)
        {
            var before = Process.GetCurrentProcess().TotalProcessorTime;

            var answer = await host.SendAsync(query, Variables(query));

            var spent = Process.GetCurrentProcess().TotalProcessorTime - before;
            output.WriteLine($"{kind}: {spent.TotalMilliseconds} ms of processor, {query.Length} characters");
            Assert.False(answer.TryGetProperty("errors", out var errors), $"{errors} {query}");
        }
    }

    [Theory]
    [EveryStore]
    public async Task Filters_nested_to_any_depth_are_answered_or_refused(StoreKind kind)
    {
        var host = (await fleets.OnAsync(kind)).Host;
        for (var levels = 1; levels <= 50; levels += 7)
        {
            var answer = await host.SendAsync(Devices($"and: [{Nested(levels, "{brand: {neq: \"x\"}}")}]"));

            var code = answer.TryGetProperty("errors", out var errors)
                ? errors[0].At("extensions", "code").GetString()
                : null;
            Assert.Contains(code, new[] { null, "TOO_DEEP", "FILTER_TOO_LARGE" });
            Assert.True(levels > 20 || code is null, $"{levels}: {errors}");
        }
    }

    /// <summary>The keys' own maxima are within what SQLite can do.</summary>
    [Theory]
    [EveryStore]
    public async Task The_largest_limits_that_can_be_set_are_within_what_the_stores_can_do(StoreKind kind)
    {
        await using var host = await TwinHost.StartAsync(
            output,
            new TwinHostOptions
            {
                Store = kind,
                Configure = settings =>
                {
                    (settings.GraphQL.FilterConditions, settings.GraphQL.FilterValues) = (400, 100_000);
                    settings.GraphQL.FilterText = 16_000;
                },
            }
        );
        string[] filters =
        [
            Devices($"or: [{Many("{brand: {nstartsWith: \"a\"}}", 132)}]"),
            Devices($"and: [{Many("{snap: {name: {nendsWith: \"a\"}}}", 30)}]"),
            Devices(
                $"brand: {{or: [{Many("{nstartsWith: \"\", nendsWith: \"%_\", neq: null, nin: [null, \"a\"]}", 79)}]}}"
            ),
            Devices("deviceId: {nendsWith: $long}, brand: {startsWith: $long}"),
        ];
        foreach (var query in filters)
        {
            var answer = await host.SendAsync(query, new { @long = new string('語', 16_000) });

            Assert.False(answer.TryGetProperty("errors", out var errors), $"{errors} {query}");
        }
    }

    [Fact]
    public void The_limits_have_the_maxima_that_were_tried()
    {
        double MaximumOf(string property) =>
            typeof(GraphQLSettings)
                .GetProperty(property)!
                .GetCustomAttributes(inherit: false)
                .OfType<SettingAttribute>()
                .Single()
                .Maximum;

        Assert.Equal(400, MaximumOf(nameof(GraphQLSettings.FilterConditions)));
        Assert.Equal(100_000, MaximumOf(nameof(GraphQLSettings.FilterValues)));
        Assert.Equal(16_000, MaximumOf(nameof(GraphQLSettings.FilterText)));
    }

    /// <summary>Lists that are no filters: as long as a body can be.</summary>
    [Theory]
    [EveryStore]
    public async Task Tens_of_thousands_of_ids_elsewhere_are_no_fault_of_ours(StoreKind kind)
    {
        var host = (await fleets.OnAsync(kind)).Host;
        var ids = Enumerable.Range(0, 34_000).Select(number => number.ToString("x", null)).ToArray();

        foreach (
            var query in (string[])
                [
                    "mutation($ids: [String!]!) { addDevicesToGroup(input: {organizationId: \"acme\", name: \"all\", deviceIds: $ids}) { errors { __typename } } }",
                    "mutation($ids: [String!]!) { removeDevicesFromGroup(input: {organizationId: \"acme\", name: \"all\", deviceIds: $ids}) { errors { __typename } } }",
                    "mutation($ids: [String!]!) { clearDesiredSnaps(input: {organizationId: \"acme\", deviceId: \"d1\", names: $ids}) { errors { __typename } } }",
                    "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                ]
        )
        {
            var answer = await host.SendAsync(query, new { ids });

            Assert.DoesNotContain("INTERNAL", answer.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain("TOO_LARGE", answer.GetRawText(), StringComparison.Ordinal);
        }
    }

    private static Dictionary<string, object?>? Variables(string query)
    {
        var v = Enumerable.Range(0, 500).Select(number => number.ToString("x", null)).ToArray();
        var all = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["v"] = v,
            ["long"] = new string('x', 60_000),
            ["c"] = Enumerable.Repeat(new { contains = "a" }, 101).ToArray(),
            ["w"] = query.Contains("$w: [", StringComparison.Ordinal)
                ? new[] { new { deviceId = new { @in = v } } }
                : new { deviceId = new { @in = v } },
        };
        return all.Where(variable => query.Contains("$" + variable.Key, StringComparison.Ordinal))
            .ToDictionary(variable => variable.Key, variable => variable.Value);
    }

    private static string Devices(string where)
    {
        var declared = string.Join(
            ", ",
            new[] { "$v: [String]", "$long: String" }.Where(text =>
                where.Contains(text[..text.IndexOf(':', StringComparison.Ordinal)], StringComparison.Ordinal)
            )
        );
        return $"query Q{(declared.Length == 0 ? "" : $"({declared})")} {{ {One(where)} }}";
    }

    private static string Fields(int count, string where)
    {
        var one = Devices(where);
        return $"{one[..one.IndexOf('{', StringComparison.Ordinal)]}{{ {Aliases(count, $"where: {{{where}}}")} }}";
    }

    private static string One(string where) =>
        $"devices(organizationId: \"acme\", where: {{{where}}}) {{ totalCount nodes {{ deviceId }} }}";

    private static string Aliases(int count, string arguments) =>
        string.Join(
            ' ',
            Enumerable
                .Range(0, count)
                .Select(n => $"a{n}: devices(organizationId: \"acme\", {arguments}) {{ totalCount }}")
        );

    private static string Members(int count, string where) =>
        string.Join(' ', Enumerable.Range(0, count).Select(n => $"a{n}: devices(where: {{{where}}}) {{ totalCount }}"));

    private static string Actions(int count, string where) =>
        string.Join(' ', Enumerable.Range(0, count).Select(n => $"a{n}: actions(where: {{{where}}}) {{ totalCount }}"));

    private static string Many(string text, int count) => string.Join(' ', Enumerable.Repeat(text, count));

    private static string Nested(int levels, string inner) =>
        string.Concat(Enumerable.Repeat("{and: [{or: [", levels))
        + inner
        + string.Concat(Enumerable.Repeat("]}]}", levels));
}
