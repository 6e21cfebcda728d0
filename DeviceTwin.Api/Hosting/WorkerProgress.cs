namespace DeviceTwin.Api.Hosting;

/// <summary>
/// When each worker of this process last made progress, so that one that has work and finishes none is found. Safe from any thread, and cheap: one call a
/// batch.
/// </summary>
/// <param name="clock">Measures how long.</param>
public sealed class WorkerProgress(TimeProvider clock)
{
    private readonly Lock gate = new();

    // The timestamp of the last progress of each worker that has work; an idle worker has none.
    private readonly Dictionary<string, long> busySince = new(StringComparer.Ordinal);

    /// <summary>A worker has work. Without effect where it is known to have some: only progress restarts its time.</summary>
    /// <param name="worker">The worker's name.</param>
    public void HasWork(string worker)
    {
        lock (gate)
        {
            busySince.TryAdd(worker, clock.GetTimestamp());
        }
    }

    /// <summary>A worker finished some of its work, and may have more. Without effect where it is idle.</summary>
    /// <param name="worker">The worker's name.</param>
    public void Progressed(string worker)
    {
        lock (gate)
        {
            if (busySince.ContainsKey(worker))
            {
                busySince[worker] = clock.GetTimestamp();
            }
        }
    }

    /// <summary>A worker has no work left.</summary>
    /// <param name="worker">The worker's name.</param>
    public void Idle(string worker)
    {
        lock (gate)
        {
            busySince.Remove(worker);
        }
    }

    /// <summary>The workers that have work and have finished none for at least a time, and for how long, by name.</summary>
    /// <param name="limit">The time.</param>
    public IReadOnlyList<(string Worker, TimeSpan For)> StalledFor(TimeSpan limit)
    {
        lock (gate)
        {
            return
            [
                .. busySince
                    .Select(worker => (Worker: worker.Key, For: clock.GetElapsedTime(worker.Value)))
                    .Where(worker => worker.For >= limit)
                    .OrderBy(worker => worker.Worker, StringComparer.Ordinal),
            ];
        }
    }
}
