using System.Text;
using System.Text.Json.Nodes;
using DeviceTwin.Data.Groups;
using DeviceTwin.Tests.Infrastructure;

namespace DeviceTwin.Tests.GraphQL.Devices;

/// <summary>
/// Any filter on texts finds the same devices on both stores, and any order gives the same sequence, page by page: those of a model
/// in memory that compares byte by byte.
/// </summary>
[Collection(nameof(SeededFleets))]
public sealed class TextFilterProperties(SeededFleets fleets)
{
    private const int Cases = 150;
    private const string Organization = "texts";

    private static readonly string[] Pieces =
    [
        "",
        "",
        " ",
        "a",
        "A",
        "b",
        "B",
        "%",
        "_",
        "\\",
        "'",
        "\"",
        "*",
        "?",
        "[a]",
        "^",
        "\t",
        "i",
        "I",
        "İ",
        "ı",
        "ß",
        "SS",
        "ss",
        "é",
        "e\u0301",
        "Ä",
        "ä",
        "😀",
        "\uE000",
        "\uFFFD",
        "\U0010FFFF",
        "z",
        "~",
        "0",
        "-",
        ".",
        "\u200d",
        "أ",
        "語",
    ];

    private static readonly (string Name, Func<Row, string> Read)[] Columns =
    [
        ("deviceId", row => row.DeviceId),
        ("brand", row => row.Brand),
        ("model", row => row.Model),
        ("serial", row => row.Serial),
    ];

    [Fact]
    public async Task Both_stores_find_and_order_as_the_model_does()
    {
        var rows = Rows(new Random(1));
        foreach (var kind in (StoreKind[])[StoreKind.Sqlite, StoreKind.Postgres])
        {
            var fleet = await fleets.OnAsync(kind);
            await fleet.AddAsync(SeededRows.Named(Organization));
            await AddAsync(fleet, rows);
            for (var seed = 0; seed < Cases; seed++)
            {
                var random = new Random(seed);
                var (where, holds) = Filter(random, depth: 3);
                var (order, comparison) = Order(random);
                var expected = rows.Where(holds).Order(Comparer<Row>.Create(comparison)).Select(row => row.DeviceId);

                var found = await FindAsync(fleet.Host, where, order, first: 1 + random.Next(40));

                Assert.True(
                    expected.SequenceEqual(found),
                    $"{kind} {seed}: {where.ToJsonString()} {order.ToJsonString()}"
                );
            }
        }
    }

    private static async Task<List<string?>> FindAsync(TwinHost host, JsonObject where, JsonArray order, int first)
    {
        const string Query = """
            query($where: DeviceFilterInput, $order: [DeviceSortInput!], $first: Int, $after: String) {
              devices(organizationId: "texts", where: $where, order: $order, first: $first, after: $after) {
                nodes { deviceId } pageInfo { hasNextPage endCursor }
              }
            }
            """;
        var found = new List<string?>();
        string? after = null;
        do
        {
            var data = await host.QueryAsync(
                Query,
                new
                {
                    where,
                    order,
                    first,
                    after,
                }
            );
            found.AddRange(data.At("devices", "nodes").Texts("deviceId"));
            var page = data.At("devices", "pageInfo");
            after = page.GetProperty("hasNextPage").GetBoolean() ? page.GetProperty("endCursor").GetString() : null;
        } while (after is not null);
        return found;
    }

    private static (JsonObject Where, Func<Row, bool> Holds) Filter(Random random, int depth)
    {
        var where = new JsonObject();
        var all = new List<Func<Row, bool>>();
        for (var count = random.Next(1, 3); count > 0; count--)
        {
            switch (random.Next(depth > 0 ? 8 : 6))
            {
                case 0 or 1 or 2 or 3:
                    var (name, read) = Columns[random.Next(Columns.Length)];
                    if (where.ContainsKey(name))
                    {
                        break;
                    }

                    var (text, holds) = TextFilter(random, depth: 1);
                    where[name] = text;
                    all.Add(row => holds(read(row)));
                    break;
                case 4 when !where.ContainsKey("group"):
                    var (group, inGroup) = TextFilter(random, depth: 1);
                    where["group"] = group;
                    all.Add(row => row.Group is { } member && inGroup(member));
                    break;
                case 5 when !where.ContainsKey("snap"):
                    var (channel, onChannel) = TextFilter(random, depth: 0);
                    where["snap"] = new JsonObject { ["channel"] = channel };
                    all.Add(row => row.Channels.Any(onChannel));
                    break;
                case 6 or 7 when !where.ContainsKey("or") && !where.ContainsKey("and"):
                    var parts = Enumerable.Range(0, random.Next(3)).Select(_ => Filter(random, depth - 1)).ToList();
                    var isAnd = random.Next(2) == 0;
                    where[isAnd ? "and" : "or"] = new JsonArray([.. parts.Select(part => part.Where)]);
                    all.Add(row => isAnd ? parts.All(part => part.Holds(row)) : parts.Any(part => part.Holds(row)));
                    break;
            }
        }

        return (where, row => all.All(holds => holds(row)));
    }

    private static (JsonObject Filter, Func<string, bool> Holds) TextFilter(Random random, int depth)
    {
        var filter = new JsonObject();
        var all = new List<Func<string, bool>>();
        for (var count = random.Next(1, 3); count > 0; count--)
        {
            var value = random.Next(12) == 0 ? null : Text(random);
            var values = Enumerable
                .Range(0, random.Next(4))
                .Select(_ => random.Next(6) == 0 ? null : Text(random))
                .ToList();
            var (name, given, holds) = random.Next(depth > 0 ? 12 : 10) switch
            {
                0 => ("eq", value, text => text == value),
                1 => ("neq", value, text => text != value),
                2 => ("contains", value, text => value is not null && text.Contains(value, StringComparison.Ordinal)),
                3 => ("ncontains", value, text => value is null || !text.Contains(value, StringComparison.Ordinal)),
                4 => (
                    "startsWith",
                    value,
                    text => value is not null && text.StartsWith(value, StringComparison.Ordinal)
                ),
                5 => ("nstartsWith", value, text => value is null || !text.StartsWith(value, StringComparison.Ordinal)),
                6 => ("endsWith", value, text => value is not null && text.EndsWith(value, StringComparison.Ordinal)),
                7 => ("nendsWith", value, text => value is null || !text.EndsWith(value, StringComparison.Ordinal)),
                8 => ("in", List(values), text => values.Contains(text)),
                9 => ("nin", List(values), (Func<string, bool>)(text => !values.Contains(text))),
                var nest => Nested(random, isAnd: nest == 10),
            };
            if (filter.TryAdd(name, given))
            {
                all.Add(holds);
            }
        }

        return (filter, text => all.All(holds => holds(text)));
    }

    private static (string, JsonNode?, Func<string, bool>) Nested(Random random, bool isAnd)
    {
        var parts = Enumerable.Range(0, random.Next(3)).Select(_ => TextFilter(random, depth: 0)).ToList();
        return (
            isAnd ? "and" : "or",
            new JsonArray([.. parts.Select(part => part.Filter)]),
            text => isAnd ? parts.All(part => part.Holds(text)) : parts.Any(part => part.Holds(text))
        );
    }

    private static JsonArray List(IEnumerable<string?> values) => new([.. values.Select(value => (JsonNode?)value)]);

    private static (JsonArray Order, Comparison<Row> Comparison) Order(Random random)
    {
        var keys = Columns
            .OrderBy(_ => random.Next())
            .Take(random.Next(4))
            .Select(column => (column.Name, column.Read, IsDescending: random.Next(2) == 0))
            .ToList();
        var order = new JsonArray([
            .. keys.Select(key => new JsonObject { [key.Name] = key.IsDescending ? "DESC" : "ASC" }),
        ]);
        keys.Add(("deviceId", row => row.DeviceId, IsDescending: false));
        return (
            order,
            (left, right) =>
                keys.Select(key => Bytes(key.Read(left), key.Read(right)) * (key.IsDescending ? -1 : 1))
                    .FirstOrDefault(result => result != 0)
        );
    }

    private static int Bytes(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private static List<Row> Rows(Random random) =>
        [
            .. Enumerable
                .Range(0, 60)
                .Select(number => new Row(
                    $"{Text(random)}{number}",
                    Text(random),
                    Text(random),
                    Text(random),
                    random.Next(3) == 0 ? null : Pieces[2 + (number % 20)] + "g",
                    [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text(random))]
                )),
        ];

    private static async Task AddAsync(SeededFleet fleet, IReadOnlyList<Row> rows)
    {
        var groups = rows.Select(row => row.Group)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(
                name => name,
                name => new Group
                {
                    OrganizationId = Organization,
                    Name = name,
                    CreatedAt = SeededRows.Noon,
                },
                StringComparer.Ordinal
            );
        foreach (var row in rows)
        {
            var device = SeededRows.Device(row.DeviceId, Organization);
            (device.Brand, device.Model, device.Serial) = (row.Brand, row.Model, row.Serial);
            foreach (var (channel, index) in row.Channels.Select((channel, index) => (channel, index)))
            {
                device.Snaps.Add(SeededRows.Snap($"snap{index}", 1, channel));
            }

            if (row.Group is not null)
            {
                groups[row.Group].Devices.Add(device);
            }
            else
            {
                await fleet.AddAsync(device);
            }
        }

        await fleet.AddAsync(groups.Values);
    }

    private sealed record Row(
        string DeviceId,
        string Brand,
        string Model,
        string Serial,
        string? Group,
        IReadOnlyList<string> Channels
    );
}
