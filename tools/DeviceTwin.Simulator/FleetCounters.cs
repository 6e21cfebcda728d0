namespace DeviceTwin.Simulator;

/// <summary>What a fleet has done so far. Reading is cheap at any time.</summary>
public sealed class FleetCounters
{
    private long connected;
    private long heartbeatsSent;
    private long metricsSent;
    private long actionsReceived;
    private long answersSent;
    private volatile string? trouble;

    /// <summary>Agents that are connected and subscribed now.</summary>
    public long Connected => Interlocked.Read(ref connected);

    /// <summary>Heartbeats handed to the broker.</summary>
    public long HeartbeatsSent => Interlocked.Read(ref heartbeatsSent);

    /// <summary>Metrics messages handed to the broker.</summary>
    public long MetricsSent => Interlocked.Read(ref metricsSent);

    /// <summary>Messages that came for agents that were there.</summary>
    public long ActionsReceived => Interlocked.Read(ref actionsReceived);

    /// <summary>Answers that the broker has acknowledged.</summary>
    public long AnswersSent => Interlocked.Read(ref answersSent);

    /// <summary>Why the last attempt to connect failed, one line; null when the last one succeeded.</summary>
    public string? Trouble
    {
        get => trouble;
        internal set => trouble = value;
    }

    internal void CountConnected() => Interlocked.Increment(ref connected);

    internal void CountDisconnected() => Interlocked.Decrement(ref connected);

    internal void CountHeartbeat() => Interlocked.Increment(ref heartbeatsSent);

    internal void CountMetrics() => Interlocked.Increment(ref metricsSent);

    internal void CountAction() => Interlocked.Increment(ref actionsReceived);

    internal void CountAnswer() => Interlocked.Increment(ref answersSent);
}
