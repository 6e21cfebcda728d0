using System.Globalization;
using DeviceTwin.Data;
using DeviceTwin.Servers;

// The stack of parts disposes what is kept in it.
#pragma warning disable CA2000

namespace DeviceTwin.Bench.Surroundings;

/// <summary>Where a case is measured: database, broker and the service, each a process of its own, gone with this.</summary>
internal sealed class Site : IAsyncDisposable
{
    // As deploy/mosquitto/mosquitto.conf sets them.
    private static readonly string[] BrokerSettings =
    [
        "max_inflight_messages 0",
        "max_queued_messages 0",
        "max_queued_bytes 536870912",
        "set_tcp_nodelay true",
    ];

    private readonly Stack<IAsyncDisposable> parts = new();

    private Site(string program) => Program = program;

    /// <summary>The built DeviceTwin.Api.dll.</summary>
    public string Program { get; }

    /// <summary>The service.</summary>
    public TwinService Service { get; private set; } = null!;

    /// <summary>What it has stored.</summary>
    public TwinRows Twins { get; private set; } = null!;

    /// <summary>The broker's port of 127.0.0.1.</summary>
    public int BrokerPort { get; private set; }

    /// <summary>The database's connection string.</summary>
    public string Source { get; private set; } = "";

    /// <summary>Starts all of it and waits until the service hears devices.</summary>
    /// <param name="program">The built DeviceTwin.Api.dll.</param>
    /// <param name="kind">Which database and broker.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerException">One is missing or does not start.</exception>
    public static async Task<Site> StartAsync(string program, SiteKind kind, CancellationToken cancellationToken)
    {
        if (!File.Exists(program))
        {
            throw new ServerException($"There is no service at {program}. Build it, or leave --service out.");
        }

        var site = new Site(program);
        try
        {
            await (kind == SiteKind.Servers ? site.StartServersAsync() : site.StartEmbeddedAsync());
            site.Service = site.Keep(await TwinService.StartAsync(program, site.Settings(), cancellationToken));
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the service and starts it again on the same database and broker.</summary>
    public async Task RestartServiceAsync(CancellationToken cancellationToken)
    {
        await Service.DisposeAsync();
        Service = Keep(await TwinService.StartAsync(Program, Settings(), cancellationToken));
    }

    /// <summary>Disposes a part together with the site.</summary>
    public TPart Keep<TPart>(TPart part)
        where TPart : IAsyncDisposable
    {
        parts.Push(part);
        return part;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (parts.TryPop(out var last))
        {
            await last.DisposeAsync();
        }
    }

    private async Task StartServersAsync()
    {
        var broker = Keep(await MosquittoBroker.StartAsync(tls: null, BrokerSettings));
        BrokerPort = broker.Port;
        var postgres = Keep(await PostgresServer.StartAsync());
        Source = await postgres.CreateDatabaseAsync();
        Twins = Keep(new TwinRows(new StoreOptions(StoreDriver.Postgres, Source)));
    }

    private Task StartEmbeddedAsync()
    {
        var folder = Keep(new PassingFolder());
        BrokerPort = FreePort.Find();
        Source = $"Data Source={folder.FullName}/twins.db";
        Twins = Keep(new TwinRows(new StoreOptions(StoreDriver.Sqlite, Source)));
        return Task.CompletedTask;
    }

    private string[] Settings()
    {
        var port = string.Create(CultureInfo.InvariantCulture, $"--mqtt.port={BrokerPort}");
        string[] store = Twins.IsPostgres
            ? ["--database.driver=postgres", "--mqtt.url=127.0.0.1", "--mqtt.tls=false"]
            : ["--database.driver=sqlite"];
        return [.. store, $"--database.source={Source}", port];
    }

    private sealed class PassingFolder : IAsyncDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("devicetwin-bench-");

        public string FullName => folder.FullName;

        public ValueTask DisposeAsync()
        {
            folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
