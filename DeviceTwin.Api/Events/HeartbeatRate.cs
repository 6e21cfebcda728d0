namespace DeviceTwin.Api.Events;

/// <summary>
/// Heartbeats per second of each organization, over the last ten seconds, as this process stored them (those of other replicas
/// are not counted yet). Safe from any thread; organizations that fell silent take no memory.
/// </summary>
/// <param name="clock">Our clock.</param>
public sealed class HeartbeatRate(TimeProvider clock)
{
    private const int Seconds = 10;
    private const int SlicesPerSecond = 10;
    private const int Slices = Seconds * SlicesPerSecond;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Window> windows = new(StringComparer.Ordinal);
    private readonly long began = clock.GetTimestamp();
    private long sweptAt;

    /// <summary>How many organizations are counted now.</summary>
    internal int Organizations
    {
        get
        {
            lock (gate)
            {
                return windows.Count;
            }
        }
    }

    /// <summary>Counts heartbeats.</summary>
    /// <param name="organizationId">Their organization.</param>
    /// <param name="count">How many.</param>
    public void Count(string organizationId, int count)
    {
        lock (gate)
        {
            var now = Slice();
            if (!windows.TryGetValue(organizationId, out var window))
            {
                window = new Window();
                windows.Add(organizationId, window);
            }

            window.MoveTo(now);
            window.Add(count);
            Sweep(now);
        }
    }

    /// <summary>The rate of an organization.</summary>
    /// <param name="organizationId">The organization.</param>
    public double PerSecond(string organizationId)
    {
        lock (gate)
        {
            if (!windows.TryGetValue(organizationId, out var window))
            {
                return 0;
            }

            window.MoveTo(Slice());
            return (double)window.Total / Seconds;
        }
    }

    private long Slice() => (long)(clock.GetElapsedTime(began).TotalSeconds * SlicesPerSecond);

    private void Sweep(long now)
    {
        if (now - sweptAt < Slices)
        {
            return;
        }

        sweptAt = now;
        foreach (var (organizationId, window) in windows)
        {
            window.MoveTo(now);
            if (window.Total == 0)
            {
                windows.Remove(organizationId);
            }
        }
    }

    /// <summary>Counts by tenth of a second.</summary>
    private sealed class Window
    {
        private readonly int[] counts = new int[Slices];
        private long newest;

        public long Total { get; private set; }

        public void MoveTo(long slice)
        {
            var steps = Math.Min(slice - newest, Slices);
            for (var step = 1; step <= steps; step++)
            {
                ref var oldest = ref counts[(newest + step) % Slices];
                Total -= oldest;
                oldest = 0;
            }

            newest = Math.Max(newest, slice);
        }

        public void Add(int count)
        {
            counts[newest % Slices] += count;
            Total += count;
        }
    }
}
