namespace DeviceTwin.Simulator;

/// <summary>Options that cannot be used; the message is one line that says what to mend.</summary>
public sealed class SimulatorOptionsException(string message) : Exception(message);

/// <summary>What a simulated fleet is like and where it connects to.</summary>
public sealed record SimulatorOptions
{
    /// <summary>How many devices.</summary>
    public int Devices { get; init; } = 25;

    /// <summary>The organization that all of them belong to.</summary>
    public string Organization { get; init; } = "demo";

    /// <summary>What device ids begin with; a number of at least four digits follows, from 0001.</summary>
    public string Prefix { get; init; } = "device-";

    /// <summary>From one heartbeat of a device to its next. Metrics keep the same pace.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The broker's host name or address.</summary>
    public string Broker { get; init; } = "127.0.0.1";

    /// <summary>The broker's port.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>The certificates to connect with; null for a connection without TLS.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>The share (0 to 1) of actions that change something and fail, as snapd would.</summary>
    public double FailureRate { get; init; }

    /// <summary>The share (0 to 1) of actions that change something and fail when they are asked for first; asked again they succeed.</summary>
    public double FirstFailureRate { get; init; }

    /// <summary>The share (0 up to, but not including, 1) of devices that are away at any moment.</summary>
    public double AwayShare { get; init; }

    /// <summary>How long a device that goes away stays away, on average; five intervals when left out.</summary>
    public TimeSpan? AwayFor { get; init; }

    /// <summary>
    /// When above zero, all devices share this many connections instead of having one each: many more devices fit into a
    /// process, but the broker sees other client ids.
    /// </summary>
    public int SharedConnections { get; init; }

    /// <summary>The same seed gives the same devices.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The quality of service of heartbeats, 0 to 2; real agents use 0.</summary>
    public int HeartbeatQuality { get; init; }

    /// <summary>The share (0 to 1) of older agents: no hashes, no services, lists as bare arrays, no <c>user</c>.</summary>
    public double OlderAgentShare { get; init; } = 0.3;

    /// <summary>The share (0 to 1) of newer agents that speak the twin topics, too.</summary>
    public double TwinTopicShare { get; init; } = 1;

    /// <summary>The share (0 to 1) of devices whose <c>device</c> answer lacks the operating system.</summary>
    public double VersionlessShare { get; init; } = 0.3;

    /// <summary>From a change's answer to the moment when lists show it.</summary>
    public TimeSpan SnapdDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Checks what can be checked without connecting.</summary>
    /// <exception cref="SimulatorOptionsException">A value cannot be used.</exception>
    public void Validate()
    {
        Require(Devices is >= 1 and <= 1_000_000, "devices must be from 1 to 1000000");
        Require(
            IsName(Organization, 200, "/+#"),
            "organization must be 1 to 200 characters without / + # or control characters"
        );
        Require(IsName(Prefix, 190, "/+#"), "prefix must be 1 to 190 characters without / + # or control characters");
        Require(Interval >= TimeSpan.FromMilliseconds(10), "interval must be at least 10ms");
        Require(AwayFor is null || AwayFor > TimeSpan.Zero, "away-for must be longer than 0");
        Require(SnapdDelay >= TimeSpan.Zero, "snapd-delay must not be negative");
        Require(Broker.Length > 0, "broker must be a host name or address");
        Require(Port is >= 1 and <= 65535, "port must be from 1 to 65535");
        Require(FailureRate is >= 0 and <= 1, "failure-rate must be from 0 to 1");
        Require(FirstFailureRate is >= 0 and <= 1, "first-failure-rate must be from 0 to 1");
        Require(AwayShare is >= 0 and < 1, "away-share must be from 0 to less than 1");
        Require(OlderAgentShare is >= 0 and <= 1, "older-share must be from 0 to 1");
        Require(TwinTopicShare is >= 0 and <= 1, "twin-share must be from 0 to 1");
        Require(VersionlessShare is >= 0 and <= 1, "versionless-share must be from 0 to 1");
        Require(HeartbeatQuality is >= 0 and <= 2, "qos must be 0, 1 or 2");
        Require(SharedConnections >= 0 && SharedConnections <= Devices, "shared-connections must be from 0 to devices");
        Require(
            SharedConnections == 0 || Tls?.Folder is null,
            "certificates-folder is for one connection a device: leave out shared-connections"
        );
        Tls?.Validate();
    }

    private static bool IsName(string name, int longest, string without) =>
        name.Length >= 1
        && name.Length <= longest
        && name.IndexOfAny(without.ToCharArray()) < 0
        && !name.Any(char.IsControl);

    private static void Require(bool holds, string complaint)
    {
        if (!holds)
            throw new SimulatorOptionsException(complaint);
    }
}
