using System.Collections.Concurrent;
using DeviceTwin.Api.Configuration;

namespace DeviceTwin.Api.Twins.SetAside;

/// <summary>What this process knows of its workers: the items of each that fail, and when it last made progress.</summary>
/// <param name="setAside">Keeps what cannot be handled.</param>
/// <param name="settings">How often and when an item is tried again.</param>
/// <param name="progress">When each worker last made progress.</param>
/// <param name="faults">Where tests make an item fail.</param>
/// <param name="clock">Paces the tries.</param>
/// <param name="logger">Takes failures.</param>
public sealed class Workers(
    ISetAsideItems setAside,
    Settings settings,
    WorkerProgress progress,
    FaultPoints faults,
    TimeProvider clock,
    ILogger<WorkerItems> logger
)
{
    private readonly ConcurrentDictionary<string, WorkerItems> items = new(StringComparer.Ordinal);

    /// <summary>When each worker last made progress.</summary>
    public WorkerProgress Progress => progress;

    /// <summary>The items of a worker: the same whenever it is asked for.</summary>
    /// <param name="worker">The worker's name.</param>
    public WorkerItems Of(string worker) =>
        items.GetOrAdd(
            worker,
            name => new WorkerItems(name, setAside, settings.Worker, progress, faults, clock, logger)
        );
}
