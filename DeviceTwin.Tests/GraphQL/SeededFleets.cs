using DeviceTwin.Data;
using DeviceTwin.Tests.Infrastructure;
using Microsoft.Extensions.Time.Testing;

namespace DeviceTwin.Tests.GraphQL;

/// <summary>
/// The whole service over stores whose rows are known, one for each kind, made when the first test asks for it. Tests only read what is
/// there; what they add stands in an organization of their own.
/// </summary>
public sealed class SeededFleets : IAsyncLifetime
{
    private readonly Lazy<Task<SeededFleet>> sqlite = new(() => SeededFleet.CreateAsync(StoreKind.Sqlite));
    private readonly Lazy<Task<SeededFleet>> postgres = new(() => SeededFleet.CreateAsync(StoreKind.Postgres));

    public Task<SeededFleet> OnAsync(StoreKind kind) => (kind == StoreKind.Postgres ? postgres : sqlite).Value;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var made in new[] { sqlite, postgres }.Where(fleet => fleet.IsValueCreated))
        {
            await (await made.Value).DisposeAsync();
        }
    }
}

[CollectionDefinition(nameof(SeededFleets))]
public sealed class SeededFleetsCollection : ICollectionFixture<SeededFleets>;

/// <summary>One service over known rows, with a clock that stands still.</summary>
public sealed class SeededFleet : IAsyncDisposable
{
    private readonly TestStore store;

    private SeededFleet(TestStore store, TwinHost host)
    {
        this.store = store;
        Host = host;
    }

    public TwinHost Host { get; }

    public static async Task<SeededFleet> CreateAsync(StoreKind kind)
    {
        var made = await TestStore.CreateAsync(kind);
        await using (var context = await made.OpenAsync())
        {
            SeededRows.AddTo(context);
            await context.SaveChangesAsync();
        }

        // The clock stands at noon of the day that the rows are of, so that nothing of them grows old.
        var clock = new FakeTimeProvider(new DateTimeOffset(SeededRows.Noon));
        var options = new TwinHostOptions { ExistingStore = made, Clock = clock };
        var host = await TwinHost.StartAsync(output: null, options);
        await host.ChangesShowAsync();
        return new SeededFleet(made, host);
    }

    /// <summary>Adds rows and gives what was added.</summary>
    public async Task AddAsync<TRow>(params IEnumerable<TRow> rows)
        where TRow : class
    {
        await using var context = await store.OpenAsync();
        context.AddRange(rows);
        await context.SaveChangesAsync();
    }

    public Task<TwinDbContext> OpenAsync() => store.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await store.DisposeAsync();
    }
}
