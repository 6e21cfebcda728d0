using DeviceTwin.Servers;

namespace DeviceTwin.Bench.Surroundings;

/// <summary>Where a case is measured: PostgreSQL, Mosquitto and the service, each a process of its own, gone with this.</summary>
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

    private readonly PostgresServer postgres;
    private readonly MosquittoBroker broker;

    private Site(PostgresServer postgres, MosquittoBroker broker, TwinService service, TwinRows twins)
    {
        this.postgres = postgres;
        this.broker = broker;
        Service = service;
        Twins = twins;
    }

    /// <summary>The service.</summary>
    public TwinService Service { get; }

    /// <summary>What it has stored.</summary>
    public TwinRows Twins { get; }

    /// <summary>The broker's port of 127.0.0.1.</summary>
    public int BrokerPort => broker.Port;

    /// <summary>Starts all of it and waits until the service hears devices.</summary>
    /// <param name="program">The built DeviceTwin.Api.dll.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerException">One is missing or does not start.</exception>
    public static async Task<Site> StartAsync(string program, CancellationToken cancellationToken)
    {
        if (!File.Exists(program))
        {
            throw new ServerException($"There is no service at {program}. Build it, or leave --service out.");
        }

        var broker = await MosquittoBroker.StartAsync(certificates: null, BrokerSettings);
        PostgresServer? postgres = null;
        try
        {
            postgres = await PostgresServer.StartAsync();
            var source = await postgres.CreateDatabaseAsync();
            var service = await TwinService.StartAsync(program, source, broker.Port, cancellationToken);
            return new Site(postgres, broker, service, new TwinRows(source));
        }
        catch
        {
            await (postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Twins.DisposeAsync();
        await postgres.DisposeAsync();
        await broker.DisposeAsync();
    }
}
