using System.Diagnostics;

namespace DeviceTwin.Bench.Load;

/// <summary>Many subscribers.</summary>
internal sealed class SubscriberSockets : IDisposable
{
    private const int ConnectingAtOnce = 16;
    private readonly SubscriberSocket[] sockets;

    private SubscriberSockets(SubscriberSocket[] sockets) => this.sockets = sockets;

    /// <summary>How many.</summary>
    public int Count => sockets.Length;

    /// <summary>Events that came to all of them together.</summary>
    public long Events => sockets.Sum(socket => (long)socket.Events);

    /// <summary>Bytes of an event, on average.</summary>
    public int BytesOfEvent => (int)(sockets.Sum(socket => socket.Bytes) / Math.Max(1, Events));

    /// <summary>How many have not got the last event.</summary>
    public int Incomplete => sockets.Count(socket => !socket.IsComplete);

    /// <summary>How late events came.</summary>
    public Latencies Lags => new(sockets.SelectMany(socket => socket.Lags));

    /// <summary>How many events each got.</summary>
    public IEnumerable<int> EventsOfEach => sockets.Select(socket => socket.Events);

    /// <summary>Opens them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="open">Opens one.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<SubscriberSockets> OpenAsync(
        int count,
        Func<int, Task<SubscriberSocket>> open,
        CancellationToken cancellationToken
    )
    {
        var opened = new SubscriberSocket[count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtOnce, CancellationToken = cancellationToken },
            async (number, _) => opened[number] = await open(number)
        );
        return new SubscriberSockets(opened);
    }

    /// <summary>Waits until each has got the last event, or has ended.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WaitForLastAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAny(
            Task.WhenAll(sockets.Select(socket => socket.LastCame)),
            Task.Delay(limit, cancellationToken)
        );
        return Stopwatch.GetElapsedTime(started);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }
    }
}
