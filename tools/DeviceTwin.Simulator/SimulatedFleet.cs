using System.Globalization;

namespace DeviceTwin.Simulator;

/// <summary>
/// Devices that speak MQTT as real agents do. Each has a connection of its own unless the options say that they share some.
/// A broker that is away is no error: connections try again for ever, see <see cref="FleetCounters.Trouble"/>.
/// </summary>
public sealed class SimulatedFleet : IAsyncDisposable
{
    private readonly SimulatorOptions options;
    private readonly TimeProvider time;
    private readonly BrokerAccess broker;
    private readonly Dictionary<string, SimulatedAgent> agents = [];
    private readonly List<(AgentConnection Connection, List<SimulatedAgent> Agents)> _connections = [];
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;
    private bool disposed;

    /// <summary>Makes up a fleet; nothing connects yet.</summary>
    /// <param name="options">What it is like and where it connects to.</param>
    /// <param name="time">The clock; the system's when left out.</param>
    /// <exception cref="SimulatorOptionsException">An option cannot be used; one line that says why.</exception>
    public SimulatedFleet(SimulatorOptions options, TimeProvider? time = null)
    {
        options.Validate();
        this.options = options;
        this.time = time ?? TimeProvider.System;
        broker = new BrokerAccess(options);
        var shared = options.SharedConnections;
        for (var index = 0; index < (shared > 0 ? shared : options.Devices); index++)
        {
            var clientId = shared > 0 ? Invariant($"{options.Prefix}shared-{index + 1}") : DeviceId(index);
            _connections.Add((new AgentConnection(clientId, broker, Counters, this.time, options.Seed), []));
        }

        for (var index = 0; index < options.Devices; index++)
        {
            options.Tls?.ValidateClient(DeviceId(index));
            var (connection, agents) = _connections[index % _connections.Count];
            var device = new SimulatedDevice(DeviceId(index), options, this.time);
            var agent = new SimulatedAgent(device, options, this.time, Counters, connection);
            agents.Add(agent);
            this.agents.Add(agent.DeviceId, agent);
        }
    }

    /// <summary>What the fleet has done so far.</summary>
    public FleetCounters Counters { get; } = new();

    /// <summary>All agents.</summary>
    public IReadOnlyCollection<SimulatedAgent> Agents => this.agents.Values;

    /// <summary>The agent of a device.</summary>
    /// <exception cref="KeyNotFoundException">The fleet has no such device.</exception>
    public SimulatedAgent this[string deviceId] => this.agents[deviceId];

    /// <summary>Starts connecting; returns at once. Call it once.</summary>
    public void Start()
    {
        foreach (var (connection, agents) in _connections)
            connection.Start(agents);
        running = Task.WhenAll(this.agents.Values.Select(agent => RunAsync(agent, stop.Token)));
    }

    /// <summary>Completes when every agent that is not away is connected and subscribed.</summary>
    public Task WhenConnectedAsync(CancellationToken cancellationToken = default) =>
        Task.WhenAll(
            this.agents.Values.Where(agent => !agent.IsAway)
                .Select(agent => agent.WhenConnectedAsync(cancellationToken))
        );

    /// <summary>Starts, runs until cancelled, disconnects, and returns.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Start();
        await Task.WhenAny(running, Task.Delay(Timeout.Infinite, cancellationToken));
        await StopAsync();
    }

    /// <summary>Disconnects all agents; a fleet that has stopped does not start again.</summary>
    public async Task StopAsync()
    {
        if (disposed)
            return;
        await stop.CancelAsync();
        await running;
        await Task.WhenAll(_connections.Select(each => each.Connection.StopAsync()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        await StopAsync();
        disposed = true;
        foreach (var (connection, _) in _connections)
            await connection.DisposeAsync();
        foreach (var agent in this.agents.Values)
            agent.Dispose();
        broker.Dispose();
        stop.Dispose();
    }

    private static async Task RunAsync(SimulatedAgent agent, CancellationToken stopping)
    {
        try
        {
            await agent.RunAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The fleet stops.
        }
    }

    private string DeviceId(int index) => Invariant($"{this.options.Prefix}{index + 1:D4}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
