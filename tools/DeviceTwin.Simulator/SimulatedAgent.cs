using System.Text;

namespace DeviceTwin.Simulator;

/// <summary>A simulated device's agent in a fleet: its heartbeats, its answers, and whether it is there.</summary>
public sealed class SimulatedAgent : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SimulatorOptions _options;
    private readonly TimeProvider _time;
    private readonly FleetCounters _counters;
    private readonly AgentConnection _connection;
    private readonly bool _shared;
    private readonly string _healthTopic;
    private readonly string _answerTopic;
    private readonly string _metricsTopic;
    private readonly Lock _stateLock = new();
    private TaskCompletionSource _connected = NewSignal();
    private volatile TaskCompletionSource _exit = NewSignal();

    internal SimulatedAgent(
        SimulatedDevice device,
        SimulatorOptions options,
        TimeProvider time,
        FleetCounters counters,
        AgentConnection connection
    )
    {
        Device = device;
        _options = options;
        _time = time;
        _counters = counters;
        _connection = connection;
        _shared = options.SharedConnections > 0;
        ActionTopic = "devices/sub/" + device.DeviceId;
        _healthTopic = "devices/health/" + device.DeviceId;
        _answerTopic = "devices/pub/" + device.DeviceId;
        _metricsTopic = "metrics/" + device.OrganizationId;
    }

    /// <summary>The device itself.</summary>
    public SimulatedDevice Device { get; }

    /// <summary>The device's id.</summary>
    public string DeviceId => Device.DeviceId;

    /// <summary>What is installed on the device now.</summary>
    public IReadOnlyList<SimulatedSnap> Snaps => Device.Snaps;

    /// <summary>Whether the agent is connected and subscribed.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Whether it was sent away, has gone by itself, or has unregistered.</summary>
    public bool IsAway { get; private set; }

    internal string ActionTopic { get; }

    /// <summary>Disconnects; what is sent to it from now on is lost. Completes when it is gone.</summary>
    public async Task GoAwayAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (IsAway)
                return;
            IsAway = true;
            if (_shared)
                await _connection.RemoveAsync(this, cancellationToken);
            else
                await _connection.StopAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Comes back, also after having unregistered. Completes when it is connected, subscribed and has sent a heartbeat.</summary>
    public async Task ComeBackAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (IsAway)
            {
                Device.Register();
                IsAway = false;
                if (_shared)
                    await _connection.AddAsync(this, cancellationToken);
                else
                    _connection.Start([this]);
            }
        }
        finally
        {
            _turn.Release();
        }

        await WhenConnectedAsync(cancellationToken);
    }

    /// <summary>Completes when the agent is connected and subscribed.</summary>
    public Task WhenConnectedAsync(CancellationToken cancellationToken)
    {
        lock (_stateLock)
            return _connected.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Publishes a message of the caller's own over the agent's connection: a test's odd heartbeats.</summary>
    /// <returns>Whether it went out.</returns>
    public Task<bool> PublishAsync(string topic, byte[] payload, int quality, CancellationToken cancellationToken) =>
        _connection.PublishAsync(topic, payload, quality, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    internal void SetConnected(bool connected)
    {
        lock (_stateLock)
        {
            if (IsConnected == connected)
                return;
            IsConnected = connected;
            if (connected)
            {
                _counters.CountConnected();
                _connected.SetResult();
            }
            else
            {
                _counters.CountDisconnected();
                _connected = NewSignal();
            }
        }
    }

    /// <summary>Sends a heartbeat and the metrics, if connected.</summary>
    internal async Task BeatAsync(CancellationToken cancellationToken)
    {
        if (!IsConnected)
            return;
        var quality = _options.HeartbeatQuality;
        if (await _connection.PublishAsync(_healthTopic, Device.Heartbeat(), quality, cancellationToken))
            _counters.CountHeartbeat();
        foreach (var line in Device.Metrics())
        {
            if (await _connection.PublishAsync(_metricsTopic, Encoding.UTF8.GetBytes(line), 0, cancellationToken))
                _counters.CountMetrics();
        }
    }

    /// <summary>Does what an action says; after <c>unregister</c> the agent goes, as soon as it has answered.</summary>
    internal async Task AnswerAsync(byte[] action, CancellationToken cancellationToken)
    {
        _counters.CountAction();
        var answer = Device.Answer(action);
        if (answer is not null && await _connection.PublishAsync(_answerTopic, answer, 1, cancellationToken))
            _counters.CountAnswer();
        if (Device.IsUnregistered)
            _exit.TrySetResult();
    }

    /// <summary>Heartbeats for ever, with absences as the options say. The first came with the connection.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        // The heartbeats of a fleet that starts at one moment spread over the interval.
        await PauseAsync(_options.Interval * Device.Fraction(), cancellationToken);
        while (true)
        {
            if (Device.IsUnregistered)
                await LeaveForGoodAsync(cancellationToken);
            else if (IsConnected && Device.Fraction() < LeavingChance)
                await StayAwayAsync(cancellationToken);
            await BeatAsync(cancellationToken);
            await PauseAsync(_options.Interval, cancellationToken);
        }
    }

    private TimeSpan AwayFor => _options.AwayFor ?? _options.Interval * 5;

    /// <summary>How likely it leaves at a heartbeat, so that in the long run the wanted share is away.</summary>
    private double LeavingChance => _options.AwayShare / (1 - _options.AwayShare) * (_options.Interval / AwayFor);

    private async Task StayAwayAsync(CancellationToken cancellationToken)
    {
        await GoAwayAsync(cancellationToken);
        await Task.Delay(AwayFor * (0.5 + Device.Fraction()), _time, cancellationToken);
        await ComeBackAsync(cancellationToken);
    }

    private async Task LeaveForGoodAsync(CancellationToken cancellationToken)
    {
        _exit = NewSignal();
        await GoAwayAsync(cancellationToken);
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var pausing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(Task.Delay(pause, _time, pausing.Token), _exit.Task);
        await pausing.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
