using DeviceTwin.Data;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Data;

public sealed class JsonPathTests
{
    private const string Document = """
        {"site": "roof", "rack": {"row": 1, "at": {"x": 1, "y": [10, 20.50, "z"]}}, "on": true, "none": null, "0": "zero", "dup": 1, "dup": 2}
        """;

    public static TheoryData<StoreKind, string[], string, bool> Cases()
    {
        (string[] Path, string Value, bool Found)[] cases =
        [
            (["site"], "\"roof\"", true),
            (["site"], "\"Roof\"", false),
            (["site"], "\"r\\u006fof\"", true),
            (["rack", "row"], "1", true),
            (["rack", "row"], "1.0", true),
            (["rack", "row"], "10e-1", true),
            (["rack", "row"], "\"1\"", false),
            (["rack", "row"], "true", false),
            (["rack", "at"], """{"y": [1e1, 20.5, "z"], "x": 1.00}""", true),
            (["rack", "at"], """{"y": [20.5, 10, "z"], "x": 1}""", false),
            (["rack", "at"], """{"x": 1}""", false),
            (["rack", "at", "y", "1"], "20.5", true),
            (["rack", "at", "y", "-1"], "\"z\"", true),
            (["rack", "at", "y", "3"], "null", false),
            (["rack", "at", "y", "-4"], "10", false),
            (["rack", "at", "y", "x"], "10", false),
            (["on"], "true", true),
            (["on"], "false", false),
            (["none"], "null", true),
            (["missing"], "null", false),
            (["site", "deeper"], "\"roof\"", false),
            (["0"], "\"zero\"", true),
            (["dup"], "2", true),
            (["dup"], "1", false),
            (["a'b\"c\\, {d}"], "1", false),
        ];
        var data = new TheoryData<StoreKind, string[], string, bool>();
        foreach (var (path, value, found) in cases)
        {
            data.Add(StoreKind.Sqlite, path, value, found);
            data.Add(StoreKind.Postgres, path, value, found);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_value_at_a_path_is_compared_as_JSON(StoreKind kind, string[] path, string value, bool found)
    {
        await using var store = await StoreOfAsync(kind, Document);
        await using var context = await store.OpenAsync();

        Assert.Equal(
            found,
            await context.Devices.AnyAsync(device => TwinFunctions.JsonPathEquals(device.Tags, path, value))
        );
        Assert.Equal(
            !found,
            await context.Devices.AnyAsync(device => !TwinFunctions.JsonPathEquals(device.Tags, path, value))
        );
    }

    [Theory, EveryStore]
    public async Task A_snap_without_config_has_nothing_at_any_path(StoreKind kind)
    {
        await using var store = await StoreOfAsync(kind, "{}");
        await using var context = await store.OpenAsync();
        string[] path = ["port"];

        Assert.Equal(
            ["configured"],
            await context
                .Snaps.Where(snap => TwinFunctions.JsonPathEquals(snap.Config, path, "8080"))
                .Select(snap => snap.Name)
                .ToListAsync()
        );
    }

    [Theory, EveryStore]
    public async Task A_key_with_quotes_and_separators_is_one_key(StoreKind kind)
    {
        await using var store = await StoreOfAsync(kind, """{"a.b'c\"d,{e}": {"": 1}}""");
        await using var context = await store.OpenAsync();
        string[] path = ["a.b'c\"d,{e}", ""];

        Assert.True(await context.Devices.AnyAsync(device => TwinFunctions.JsonPathEquals(device.Tags, path, "1")));
    }

    private static async Task<TestStore> StoreOfAsync(StoreKind kind, string tags)
    {
        var store = await TestStore.CreateAsync(kind);
        var device = Rows.Device("d1", tags);
        device.Snaps.Add(new() { Name = "configured", Config = """{"port": 8080.0}""" });
        device.Snaps.Add(new() { Name = "bare" });
        await store.Store.WriteAsync(
            (context, _) => Task.FromResult(context.Devices.Add(device)),
            CancellationToken.None
        );
        return store;
    }
}
