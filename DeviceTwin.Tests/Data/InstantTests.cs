using DeviceTwin.Data.Organizations;
using DeviceTwin.Data.Sqlite;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace DeviceTwin.Tests.Data;

public sealed class InstantTests
{
    // In order; ids against it.
    private static readonly DateTime[] Instants =
    [
        Rows.Instant.AddTicks(-10),
        Rows.Instant,
        Rows.Instant.AddTicks(10),
        Rows.Instant.AddMilliseconds(49),
        Rows.Instant.AddMilliseconds(490),
        Rows.Instant.AddMilliseconds(500),
        Rows.Instant.AddMilliseconds(510),
        Rows.Instant.AddSeconds(1),
        Rows.Instant.AddYears(100),
    ];

    [Theory, EveryStore]
    public async Task An_instant_comes_back_to_the_microsecond_and_as_UTC(StoreKind kind)
    {
        await using var store = await StoreOfInstantsAsync(kind);
        await using var context = await store.OpenAsync();

        var stored = await context.Organizations.Select(row => row.CreatedAt).ToListAsync();

        Assert.Equal(Instants, stored.Order());
        Assert.All(stored, instant => Assert.Equal(DateTimeKind.Utc, instant.Kind));
    }

    [Theory, EveryStore]
    public async Task Instants_order_in_time_whatever_their_fractions(StoreKind kind)
    {
        await using var store = await StoreOfInstantsAsync(kind);
        await using var context = await store.OpenAsync();

        var ordered = await context
            .Organizations.OrderBy(row => row.CreatedAt)
            .Select(row => row.CreatedAt)
            .ToListAsync();

        Assert.Equal(Instants, ordered);
    }

    [Theory, EveryStore]
    public async Task Every_instant_compares_rightly_with_every_other(StoreKind kind)
    {
        await using var store = await StoreOfInstantsAsync(kind);
        await using var context = await store.OpenAsync();
        foreach (var instant in Instants)
        {
            var before = await context.Organizations.CountAsync(row => row.CreatedAt < instant);
            var at = await context.Organizations.CountAsync(row => row.CreatedAt == instant);

            Assert.Equal((Array.IndexOf(Instants, instant), 1), (before, at));
        }
    }

    [Theory, EveryStore]
    public async Task An_instant_bound_to_raw_SQL_compares_as_in_a_query(StoreKind kind)
    {
        await using var store = await StoreOfInstantsAsync(kind);
        await using var context = await store.OpenAsync();
        foreach (var instant in Instants)
        {
            var before = await context
                .Database.SqlQuery<int>(
                    $"""select cast(count(*) as int) as "Value" from organization where created_at < {instant}"""
                )
                .SingleAsync();

            Assert.Equal(Array.IndexOf(Instants, instant), before);
        }
    }

    [Fact]
    public async Task The_text_of_an_instant_for_SQLite_is_what_a_query_stores()
    {
        await using var store = await StoreOfInstantsAsync(StoreKind.Sqlite);
        await using var context = await store.OpenAsync();

        var texts = await context
            .Database.SqlQuery<string>(
                $"""select cast(created_at as text) as "Value" from organization order by created_at"""
            )
            .ToListAsync();

        Assert.Equal(Instants.Select(SqliteInstant.Text), texts);
    }

    private static async Task<TestStore> StoreOfInstantsAsync(StoreKind kind)
    {
        var store = await TestStore.CreateAsync(kind);
        await store.Store.WriteAsync(
            (context, _) =>
            {
                context.Organizations.AddRange(
                    Instants.Select((instant, place) => new Organization { Id = $"{9 - place}", CreatedAt = instant })
                );
                return Task.CompletedTask;
            },
            CancellationToken.None
        );
        return store;
    }
}
