using DeviceTwin.Simulator;

namespace DeviceTwin.Tests.Infrastructure;

/// <summary>One simulated device with an id of the test's choice; a fleet numbers its devices itself.</summary>
internal sealed class TwinHostDevice : IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource stop = new();
    private readonly BrokerAccess broker;
    private readonly AgentConnection connection;
    private Task running = Task.CompletedTask;

    public TwinHostDevice(string deviceId, SimulatorOptions options, TimeProvider clock)
    {
        var counters = new FleetCounters();
        broker = new BrokerAccess(options);
        connection = new AgentConnection(deviceId, broker, counters, clock, options.Seed);
        Agent = new SimulatedAgent(new SimulatedDevice(deviceId, options, clock), options, clock, counters, connection);
    }

    public SimulatedAgent Agent { get; }

    public async Task ConnectAsync()
    {
        connection.Start([Agent]);
        running = Agent.RunAsync(stop.Token);
        using var limit = new CancellationTokenSource(ConnectLimit);
        await Agent.WhenConnectedAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync();
        Agent.Dispose();
        broker.Dispose();
        stop.Dispose();
    }
}
