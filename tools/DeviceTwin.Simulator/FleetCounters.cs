namespace DeviceTwin.Simulator;

/// <summary>What a fleet has done so far. Reading is cheap at any time.</summary>
public sealed class FleetCounters
{
    private long _connected;
    private long _heartbeatsSent;
    private long _metricsSent;
    private long _actionsReceived;
    private long _answersSent;
    private volatile string? _trouble;

    /// <summary>Agents that are connected and subscribed now.</summary>
    public long Connected => Interlocked.Read(ref _connected);

    /// <summary>Heartbeats handed to the broker.</summary>
    public long HeartbeatsSent => Interlocked.Read(ref _heartbeatsSent);

    /// <summary>Metrics messages handed to the broker.</summary>
    public long MetricsSent => Interlocked.Read(ref _metricsSent);

    /// <summary>Messages that came for agents that were there.</summary>
    public long ActionsReceived => Interlocked.Read(ref _actionsReceived);

    /// <summary>Answers that the broker has acknowledged.</summary>
    public long AnswersSent => Interlocked.Read(ref _answersSent);

    /// <summary>Why the last attempt to connect failed, one line; null when the last one succeeded.</summary>
    public string? Trouble
    {
        get => _trouble;
        internal set => _trouble = value;
    }

    internal void CountConnected() => Interlocked.Increment(ref _connected);

    internal void CountDisconnected() => Interlocked.Decrement(ref _connected);

    internal void CountHeartbeat() => Interlocked.Increment(ref _heartbeatsSent);

    internal void CountMetrics() => Interlocked.Increment(ref _metricsSent);

    internal void CountAction() => Interlocked.Increment(ref _actionsReceived);

    internal void CountAnswer() => Interlocked.Increment(ref _answersSent);
}
