namespace DeviceTwin.Simulator;

/// <summary>What the twin asks of an agent, on <c>devices/sub/{deviceId}</c>. Fields that were left out are empty.</summary>
/// <param name="Id">The action's id; the answer carries it back.</param>
/// <param name="Action">What to do, e.g. <c>install</c>.</param>
/// <param name="Snap">The snap that it is about.</param>
/// <param name="Data">What else there is to say, always text: a channel, a JSON object, an assertion.</param>
public sealed record AgentAction(string? Id, string? Action, string? Snap, string? Data);

/// <summary>A heartbeat; older agents leave the hashes out.</summary>
internal sealed record Heartbeat(
    string OrgId,
    string DeviceId,
    string Refresh,
    string? SnapListHash,
    string? InstalledSnapsHash
);

/// <summary>The answer to an action. The result is one of the records below, a list of snaps, or text.</summary>
internal sealed record Answer(
    string? Id,
    string? Action,
    bool Success,
    string? Message,
    string? Version,
    object? Result
);

/// <summary>The result of <c>device</c> and <c>unregister</c>.</summary>
internal sealed record DeviceResult(
    string OrgId,
    string DeviceId,
    string Brand,
    string Model,
    string Serial,
    string Store,
    string DeviceKey,
    ServerResult? Version,
    string Created,
    string LastRefresh
);

/// <summary>The result of <c>server</c>.</summary>
internal sealed record ServerResult(
    string DeviceId,
    string Version,
    string Series,
    string OsId,
    string OsVersionId,
    bool OnClassic,
    string KernelVersion
);

/// <summary>The result of <c>list</c> by newer agents. Some spell the second hash without the plural.</summary>
internal sealed record ListResult(
    string SnapListHash,
    string? InstalledSnapsHash,
    string? InstalledSnapHash,
    IReadOnlyList<SnapResult> Snaps
);

/// <summary>A snap in a list, and the result of <c>info</c> and <c>conf</c>.</summary>
internal sealed record SnapResult(
    string DeviceId,
    string Name,
    long InstalledSize,
    string InstalledDate,
    string Status,
    string Channel,
    string Confinement,
    string Version,
    int Revision,
    bool Devmode,
    string? Config,
    IReadOnlyList<ServiceResult>? Services
);

/// <summary>A service in a snap.</summary>
internal sealed record ServiceResult(string Name, string Daemon, bool Enabled, bool Active);

/// <summary>The data of <c>start</c>, <c>stop</c> and <c>restart</c>.</summary>
internal sealed record ServicesData
{
    public IReadOnlyList<string>? Services { get; init; }
}

/// <summary>The data of <c>logs</c> and <c>snapshot</c>.</summary>
internal sealed record UploadData
{
    public string? Url { get; init; }
}

/// <summary>The data of <c>user</c>.</summary>
internal sealed record UserData
{
    public string? Action { get; init; }

    public string? Email { get; init; }

    public string? Username { get; init; }
}
