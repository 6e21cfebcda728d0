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

    private readonly Stack<IAsyncDisposable> parts;

    private Site(Stack<IAsyncDisposable> parts, int brokerPort, TwinService service, TwinRows twins)
    {
        this.parts = parts;
        BrokerPort = brokerPort;
        Service = service;
        Twins = twins;
    }

    /// <summary>The service.</summary>
    public TwinService Service { get; }

    /// <summary>What it has stored.</summary>
    public TwinRows Twins { get; }

    /// <summary>The broker's port of 127.0.0.1.</summary>
    public int BrokerPort { get; }

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

        var started = new Stack<IAsyncDisposable>();
        try
        {
#pragma warning disable CA2000 // The stack disposes them.
            var broker = await MosquittoBroker.StartAsync(tls: null, BrokerSettings);
            started.Push(broker);
            var postgres = await PostgresServer.StartAsync();
            started.Push(postgres);
            var source = await postgres.CreateDatabaseAsync();
            var twins = new TwinRows(source);
            started.Push(twins);
            var service = await TwinService.StartAsync(program, source, broker.Port, cancellationToken);
            started.Push(service);
#pragma warning restore CA2000
            return new Site(started, broker.Port, service, twins);
        }
        catch
        {
            await EndAsync(started);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => EndAsync(parts);

    private static async ValueTask EndAsync(Stack<IAsyncDisposable> parts)
    {
        while (parts.TryPop(out var last))
        {
            await last.DisposeAsync();
        }
    }
}
