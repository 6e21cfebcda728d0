using DeviceTwin.Data.Organizations;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Data;

public sealed class TextTests
{
    private static readonly string[] Ids = ["A", "B", "_", "a", "a%", "a-1", "a1", "aB", "aa", "ab", "ä"];

    [Theory, EveryStore]
    public async Task Texts_order_by_their_bytes(StoreKind kind)
    {
        await using var store = await StoreOfTextsAsync(kind);
        await using var context = await store.OpenAsync();

        Assert.Equal(Ids, await context.Organizations.OrderBy(row => row.Id).Select(row => row.Id).ToListAsync());
    }

    [Fact]
    public async Task Every_text_column_of_PostgreSQL_compares_by_bytes_whatever_the_databases_locale()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Postgres);
        await using var context = await store.OpenAsync();

        var others = await context
            .Database.SqlQuery<string>(
                $"""
                select table_name || '.' || column_name as "Value" from information_schema.columns
                where table_schema = 'public' and table_name not like '\_\_EF%' and data_type = 'text'
                  and collation_name is distinct from 'C'
                """
            )
            .ToListAsync();

        Assert.Empty(others);
    }

    [Theory, EveryStore]
    public async Task Parts_of_texts_are_found_in_their_own_case_and_to_the_letter(StoreKind kind)
    {
        await using var store = await StoreOfTextsAsync(kind);
        await using var context = await store.OpenAsync();
        var (part, wild) = ("aB", "a%");

        Assert.Equal(["aB"], await IdsAsync(context.Organizations.Where(row => row.Id.StartsWith(part))));
        Assert.Equal(["aB"], await IdsAsync(context.Organizations.Where(row => row.Id.EndsWith(part))));
        Assert.Equal(["aB"], await IdsAsync(context.Organizations.Where(row => row.Id.Contains(part))));
        Assert.Equal(["a-1"], await IdsAsync(context.Organizations.Where(row => row.Id.EndsWith("-1"))));
        Assert.Equal(["a%"], await IdsAsync(context.Organizations.Where(row => row.Id.StartsWith(wild))));
        Assert.Equal([], await IdsAsync(context.Organizations.Where(row => row.Id.StartsWith("Aa"))));
    }

    private static Task<List<string>> IdsAsync(IQueryable<Organization> rows) =>
        rows.OrderBy(row => row.Id).Select(row => row.Id).ToListAsync();

    private static async Task<TestStore> StoreOfTextsAsync(StoreKind kind)
    {
        var store = await TestStore.CreateAsync(kind);
        await store.Store.WriteAsync(
            async (context, _) =>
            {
                foreach (var id in Ids.Reverse())
                {
                    await Rows.AddOrganization(context, id);
                }
            },
            CancellationToken.None
        );
        return store;
    }
}
