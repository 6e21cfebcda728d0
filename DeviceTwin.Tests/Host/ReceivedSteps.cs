using System.Collections.Concurrent;
using System.Text.Json;
using DeviceTwin.Simulator;

namespace DeviceTwin.Tests.Host;

/// <summary>
/// What a fleet's devices were told to do to their snaps, each judged by what the device was like at that moment: whether
/// <see cref="WantedSnaps"/> asked for it.
/// </summary>
internal sealed class ReceivedSteps
{
    private static readonly HashSet<string> Questions = ["device", "server", "list"];
    private readonly ConcurrentDictionary<string, bool> ids = new();
    private readonly ConcurrentQueue<string> needless = new();
    private int again;

    /// <summary>The ids of steps that the device did not need when their first copy came.</summary>
    public IReadOnlyCollection<string> Needless => needless;

    /// <summary>The ids of all steps.</summary>
    public IReadOnlyCollection<string> ActionIds => [.. ids.Keys];

    /// <summary>Further copies of a step, with its id: the service died between sending and noting it.</summary>
    public int Again => again;

    /// <summary>Keeps what an agent receives from now on.</summary>
    public void Watch(SimulatedAgent agent) => agent.Device.Received = action => Keep(agent, action);

    private void Keep(SimulatedAgent agent, AgentAction action)
    {
        if (Questions.Contains(action.Action!))
        {
            return;
        }

        if (!ids.TryAdd(action.Id!, true))
        {
            Interlocked.Increment(ref again);
        }
        else if (!IsNeeded(action, agent.Snaps.FirstOrDefault(snap => snap.Name == action.Snap)))
        {
            needless.Enqueue(action.Id!);
        }
    }

    private static bool IsNeeded(AgentAction action, SimulatedSnap? snap) =>
        WantedSnaps.All.TryGetValue(action.Snap!, out var wanted)
        && action.Action switch
        {
            "install" => wanted.IsPresent && snap is null,
            "remove" => !wanted.IsPresent && snap is not null,
            "switch" => snap is not null && action.Data == wanted.Channel && snap.Channel != wanted.Channel,
            "setconf" => snap is not null && !wanted.HasConfig(snap),
            _ => false,
        };
}

/// <summary>What the fleet's group asks for.</summary>
/// <param name="IsPresent">Whether the snap is to be installed.</param>
/// <param name="Channel">Its channel; null for any.</param>
/// <param name="Port">The port in its configuration; null for any.</param>
/// <param name="Running">A service that is to run; null for none.</param>
internal sealed record WantedSnaps(bool IsPresent, string? Channel = null, int? Port = null, string? Running = null)
{
    public static readonly IReadOnlyDictionary<string, WantedSnaps> All = new Dictionary<string, WantedSnaps>
    {
        ["nats"] = new(IsPresent: true, "2.10/stable", 4333, Running: "server"),
        ["telegraf"] = new(IsPresent: false),
    };

    public bool HasConfig(SimulatedSnap snap) =>
        Port is null
        || (
            snap.Config is { } config
            && JsonElement.Parse(config).TryGetProperty("port", out var port)
            && port.GetInt32() == Port
        );

    /// <summary>Whether a device is as the group asks.</summary>
    public static bool AreMet(IReadOnlyList<SimulatedSnap> snaps) =>
        All.All(wanted => wanted.Value.IsMet(snaps.FirstOrDefault(snap => snap.Name == wanted.Key)));

    private bool IsMet(SimulatedSnap? snap) =>
        snap is null
            ? !IsPresent
            : IsPresent
                && (Channel is null || snap.Channel == Channel)
                && HasConfig(snap)
                && snap.Services.All(service => service.Name != Running || service.Active);
}
