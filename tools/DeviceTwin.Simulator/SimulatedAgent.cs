using System.Text;

namespace DeviceTwin.Simulator;

/// <summary>A simulated device's agent in a fleet: its heartbeats, its answers, and whether it is there.</summary>
public sealed class SimulatedAgent : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly SimulatorOptions options;
    private readonly TimeProvider time;
    private readonly FleetCounters counters;
    private readonly AgentConnection connection;
    private readonly bool shared;
    private readonly string healthTopic;
    private readonly string answerTopic;
    private readonly string metricsTopic;
    private readonly string twinTopic;
    private readonly Lock stateLock = new();
    private TaskCompletionSource connected = NewSignal();
    private volatile TaskCompletionSource exit = NewSignal();

    internal SimulatedAgent(
        SimulatedDevice device,
        SimulatorOptions options,
        TimeProvider time,
        FleetCounters counters,
        AgentConnection connection
    )
    {
        Device = device;
        this.options = options;
        this.time = time;
        this.counters = counters;
        this.connection = connection;
        shared = options.SharedConnections > 0;
        ActionTopic = "devices/sub/" + device.DeviceId;
        healthTopic = "devices/health/" + device.DeviceId;
        answerTopic = "devices/pub/" + device.DeviceId;
        metricsTopic = "metrics/" + device.OrganizationId;
        twinTopic = "devices/twin/" + device.DeviceId;
        Topics = device.Twin is null
            ? [ActionTopic]
            : [ActionTopic, twinTopic + "/desired", twinTopic + "/reported/accepted"];
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

    /// <summary>All that it subscribes to.</summary>
    internal IReadOnlyList<string> Topics { get; }

    /// <summary>Disconnects; what is sent to it from now on is lost. Completes when it is gone.</summary>
    public async Task GoAwayAsync(CancellationToken cancellationToken = default)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (IsAway)
                return;
            IsAway = true;
            if (shared)
                await this.connection.RemoveAsync(this, cancellationToken);
            else
                await this.connection.StopAsync();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Comes back, also after having unregistered. Completes when it is connected, subscribed and has sent a heartbeat.</summary>
    public async Task ComeBackAsync(CancellationToken cancellationToken = default)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (IsAway)
            {
                Device.Register();
                IsAway = false;
                if (shared)
                    await this.connection.AddAsync(this, cancellationToken);
                else
                    this.connection.Start([this]);
            }
        }
        finally
        {
            turn.Release();
        }

        await WhenConnectedAsync(cancellationToken);
    }

    /// <summary>Completes when the agent is connected and subscribed.</summary>
    public Task WhenConnectedAsync(CancellationToken cancellationToken)
    {
        lock (stateLock)
            return this.connected.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Publishes a message of the caller's own over the agent's connection: a test's odd heartbeats.</summary>
    /// <returns>Whether it went out.</returns>
    public Task<bool> PublishAsync(string topic, byte[] payload, int quality, CancellationToken cancellationToken) =>
        this.connection.PublishAsync(topic, payload, quality, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    internal void SetConnected(bool connected)
    {
        lock (stateLock)
        {
            if (IsConnected == connected)
                return;
            IsConnected = connected;
            if (connected)
            {
                this.counters.CountConnected();
                this.connected.SetResult();
            }
            else
            {
                this.counters.CountDisconnected();
                this.connected = NewSignal();
            }
        }
    }

    /// <summary>Sends a heartbeat and the metrics, if connected.</summary>
    internal async Task BeatAsync(CancellationToken cancellationToken)
    {
        if (!IsConnected)
            return;
        var quality = this.options.HeartbeatQuality;
        if (await this.connection.PublishAsync(healthTopic, Device.Heartbeat(), quality, cancellationToken))
            this.counters.CountHeartbeat();
        foreach (var line in Device.Metrics())
        {
            if (await this.connection.PublishAsync(metricsTopic, Encoding.UTF8.GetBytes(line), 0, cancellationToken))
                this.counters.CountMetrics();
        }

        await ReportAsync(cancellationToken);
    }

    /// <summary>Takes in what the twin says on the twin topics: what is desired is done, and reported, after the time that changes take.</summary>
    internal async Task HearAsync(string topic, byte[] payload, CancellationToken cancellationToken)
    {
        if (topic.EndsWith("/accepted", StringComparison.Ordinal))
        {
            Device.Twin?.Accept();
            return;
        }

        await Task.Delay(this.options.SnapdDelay, this.time, cancellationToken);
        Device.Twin?.TakeOver(payload);
        await ReportAsync(cancellationToken);
    }

    /// <summary>Does what an action says; after <c>unregister</c> the agent goes, as soon as it has answered.</summary>
    internal async Task AnswerAsync(byte[] action, CancellationToken cancellationToken)
    {
        this.counters.CountAction();
        var answer = Device.Answer(action);
        if (answer is not null && await this.connection.PublishAsync(answerTopic, answer, 1, cancellationToken))
            this.counters.CountAnswer();
        if (Device.IsUnregistered)
            exit.TrySetResult();
    }

    /// <summary>Heartbeats for ever, with absences as the options say. The first came with the connection.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        // The heartbeats of a fleet that starts at one moment spread over the interval.
        await PauseAsync(this.options.Interval * Device.Fraction(), cancellationToken);
        while (true)
        {
            if (Device.IsUnregistered)
                await LeaveForGoodAsync(cancellationToken);
            else if (IsConnected && Device.Fraction() < LeavingChance)
                await StayAwayAsync(cancellationToken);
            await BeatAsync(cancellationToken);
            await PauseAsync(this.options.Interval, cancellationToken);
        }
    }

    // Until the twin has accepted it, a report goes out with each heartbeat: a device that has no twin yet has one by then.
    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        if (Device.Twin?.Report() is { } report)
            await this.connection.PublishAsync(twinTopic + "/reported", report, 1, cancellationToken);
    }

    private TimeSpan AwayFor => this.options.AwayFor ?? this.options.Interval * 5;

    /// <summary>How likely it leaves at a heartbeat, so that in the long run the wanted share is away.</summary>
    private double LeavingChance =>
        this.options.AwayShare / (1 - this.options.AwayShare) * (this.options.Interval / AwayFor);

    private async Task StayAwayAsync(CancellationToken cancellationToken)
    {
        await GoAwayAsync(cancellationToken);
        await Task.Delay(AwayFor * (0.5 + Device.Fraction()), this.time, cancellationToken);
        await ComeBackAsync(cancellationToken);
    }

    private async Task LeaveForGoodAsync(CancellationToken cancellationToken)
    {
        exit = NewSignal();
        await GoAwayAsync(cancellationToken);
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var pausing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(Task.Delay(pause, this.time, pausing.Token), exit.Task);
        await pausing.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
