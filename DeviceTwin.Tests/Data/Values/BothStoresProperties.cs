using System.Text.Json;
using DeviceTwin.Api.GraphQL.Engine.Paging;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data;
using DeviceTwin.Data.Devices;
using DeviceTwin.Data.Values;
using DeviceTwin.Tests.Infrastructure;
using FsCheck.Xunit;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Data.Values;

/// <summary>The same wild values in a store of each kind: both give the same answers.</summary>
public sealed class BothStoresProperties
{
    private static readonly JsonSerializerOptions AnyDepth = new() { MaxDepth = 256 };

    private const int Devices = 60;

    [Property(MaxTest = 4)]
    public async Task Both_stores_give_values_back_and_find_and_page_them_alike(int seed)
    {
        var wild = new WildJson(seed);
        var values = Enumerable.Range(0, Devices).Select(_ => Accepted(wild)).ToList();
        var brands = values.Select(_ => ValueText.Repair(Decoded(wild.Text()))).ToList();
        await using var sqlite = await StoreOfAsync(StoreKind.Sqlite, values, brands);
        await using var postgres = await StoreOfAsync(StoreKind.Postgres, values, brands);

        var stored = await ReadAsync(sqlite);
        var storedOther = await ReadAsync(postgres);
        Assert.Equal(stored.Select(Show), storedOther.Select(Show));
        Assert.Equal(values, stored);
        for (var index = 0; index < Devices; index++)
        {
            var (value, other, patch) = (
                stored[index],
                storedOther[index],
                StoredJson.Read(values[wild.Number(Devices)])
            );
            Assert.True(StoredJson.AreEqual(value, other));
            Assert.Equal(MergePatch.Apply(value, patch), MergePatch.Apply(other, patch));
            Assert.Equal(Differences(value, patch), Differences(other, patch));
            Assert.True(JsonContainment.Holds(StoredJson.Read(other), StoredJson.Read(value)));

            var (path, wanted) = Place(wild, values[wild.Number(Devices)]);
            Assert.Equal(await FindAsync(sqlite, path, wanted), await FindAsync(postgres, path, wanted));
        }

        Assert.Equal(await PagesAsync(sqlite), await PagesAsync(postgres));
    }

    private static string Accepted(WildJson wild)
    {
        string? canonical;
        while (!CanonicalJson.TryRead(wild.Object(), ValueRules.SnapConfig, out canonical, out _)) { }
        return canonical!;
    }

    private static string Decoded(string escaped)
    {
        ValueText.TryDecode(System.Text.Encoding.UTF8.GetBytes(escaped), out var text);
        return text;
    }

    // As it leaves in a result: compact, numbers and texts as they are stored.
    private static string Show(string json) => JsonSerializer.Serialize(StoredJson.Read(json), AnyDepth);

    private static IEnumerable<string> Differences(string reported, JsonElement wanted) =>
        JsonContainment
            .Differences(StoredJson.Read(reported), wanted, keysArePaths: true)
            .Select(difference =>
                $"{difference.Path}: {(difference.Reported is { } found ? Show(found.GetRawText()) : "")}"
            );

    // A place in a value with what stands there, or nearly.
    private static (string[] Path, string Value) Place(WildJson wild, string json)
    {
        var path = new List<string>();
        var here = StoredJson.Read(json);
        while (wild.Number(4) > 0)
        {
            if (here.ValueKind == JsonValueKind.Object && here.GetPropertyCount() > 0)
            {
                var member = here.EnumerateObject().ElementAt(wild.Number(here.GetPropertyCount()));
                path.Add(member.Name);
                here = member.Value;
            }
            else if (here.ValueKind == JsonValueKind.Array && here.GetArrayLength() > 0)
            {
                var index = wild.Number(here.GetArrayLength());
                string[] forms =
                [
                    $"{index}",
                    $" {index}",
                    $"\t+{index}",
                    $"{index - here.GetArrayLength()}",
                    $"{index} ",
                    $"0{index}",
                    "x",
                ];
                path.Add(forms[wild.Number(forms.Length)]);
                here = here[index];
            }
            else
            {
                break;
            }
        }

        return ([.. path], wild.Number(4) > 0 ? here.GetRawText() : "1");
    }

    private static async Task<TestStore> StoreOfAsync(StoreKind kind, List<string> values, List<string> brands)
    {
        var store = await TestStore.CreateAsync(kind);
        await store.Store.WriteAsync(
            (context, _) =>
            {
                context.Devices.AddRange(
                    values.Select(
                        (value, index) =>
                        {
                            var device = Rows.Device($"d{index:D3}", value);
                            device.Brand = brands[index];
                            return device;
                        }
                    )
                );
                return Task.CompletedTask;
            },
            CancellationToken.None
        );
        return store;
    }

    private static async Task<List<string>> ReadAsync(TestStore store)
    {
        await using var context = await store.OpenAsync();
        return await context.Devices.OrderBy(device => device.DeviceId).Select(device => device.Tags).ToListAsync();
    }

    private static async Task<string> FindAsync(TestStore store, string[] path, string wanted)
    {
        await using var context = await store.OpenAsync();
        var found = await context
            .Devices.Where(device => TwinFunctions.JsonPathEquals(device.Tags, path, wanted))
            .OrderBy(device => device.DeviceId)
            .Select(device => device.DeviceId)
            .ToListAsync();
        return $"{JsonSerializer.Serialize(path)} = {wanted}: {string.Join(' ', found)}";
    }

    private static async Task<List<string>> PagesAsync(TestStore store)
    {
        var order = new KeysetOrder<Device>(
            SortKey.Of<Device, string>("brand", device => device.Brand).In(SortDirection.Desc),
            SortKey.Of<Device, string>("id", device => device.DeviceId)
        );
        await using var context = await store.OpenAsync();
        var ids = new List<string>();
        IReadOnlyList<object?>? place = null;
        while (true)
        {
            var rows = place is null ? context.Devices : context.Devices.Where(order.After(place));
            var page = await order.Apply(rows.AsNoTracking()).Take(7).ToListAsync();
            if (page.Count == 0)
            {
                return ids;
            }

            ids.AddRange(page.Select(device => device.DeviceId));
            place = order.ReadCursor(order.WriteCursor(order.PlaceOf(page[^1])));
        }
    }
}
